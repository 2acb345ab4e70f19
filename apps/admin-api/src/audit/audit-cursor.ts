/** Where a page over both chains ended: the last sequence shown of each; undefined: none of it yet. */
export interface AuditPosition {
  identity: number | undefined;
  vault: number | undefined;
}

export function readCursor(text: string | undefined): AuditPosition | undefined {
  if (text === undefined) return { identity: undefined, vault: undefined };
  const match = /^(\d{0,15})\.(\d{0,15})$/.exec(text);
  return match ? { identity: numberOf(match[1]), vault: numberOf(match[2]) } : undefined;
}

export function writeCursor({ identity, vault }: AuditPosition): string {
  return `${identity ?? ''}.${vault ?? ''}`;
}

function numberOf(digits: string | undefined): number | undefined {
  return digits ? Number(digits) : undefined;
}
