/** What the audit tells of a policy: the parts that are set, and the short ones in full. */
export function toldOf(policy: object): Record<string, string | number | boolean | readonly string[]> {
  const plain = Object.entries(policy).filter(([, value]) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || isListOfText(value));
  return { ...(Object.fromEntries(plain) as Record<string, string | number | boolean | readonly string[]>), parts: Object.keys(policy) };
}

/** undefined for what says nothing: then the part is taken away. */
export function filled<T extends object>(part: T): T | undefined {
  return Object.keys(part).length === 0 ? undefined : part;
}

function isListOfText(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
