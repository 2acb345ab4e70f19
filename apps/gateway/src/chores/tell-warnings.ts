import type { KeyNotesForGateway, KeyWarningMessage, LifetimeForGateway } from '@byok/contracts';

/** Brings what time has to say about keys from the vault, which knows, to usage-billing, which tells people: once each, however often this runs. */
export async function tellWarnings({ vault, billing }: { vault: Pick<LifetimeForGateway, 'keyWarnings'>; billing: KeyNotesForGateway }): Promise<void> {
  let after = '';
  do {
    const page = await vault.keyWarnings({ after });
    if (page.items.length > 0) await billing.noteKeys({ items: page.items.map(noteOf) });
    after = page.next;
  } while (after !== '');
}

function noteOf({ orgId, keyId, owner, provider, warning, at }: KeyWarningMessage) {
  return { orgId, keyId, ownerType: owner.type, ownerId: owner.id, provider, what: warning, at, detail: '' };
}
