import type { KeyNoteMessage, KeyNotesForGateway, LifetimeForGateway, ProbeResultMessage, RevalidationMessage } from '@byok/contracts';
import { parseUsd, Secret } from '@byok/kernel';
import type { Log } from '@byok/platform';
import { findProvider, type Provider } from '@byok/providers';

export interface RevalidateDeps {
  vault: Pick<LifetimeForGateway, 'reportRevalidation'>;
  billing: KeyNotesForGateway;
  probe: (provider: Provider, secret: Secret, config: Readonly<Record<string, string>>) => Promise<ProbeResultMessage>;
  /** Waits; cut short when the gateway stops. */
  pause: (ms: number) => Promise<void>;
  log: Log;
}

/** Between the two refusals that it takes. */
const SECOND_LOOK_MS = 5_000;
/** Of the account behind a key, where its provider tells. */
const LOW_BALANCE_NANO_USD = parseUsd('5.00');
const LONGEST_REASON = 200;

/**
 * Tries a key that nobody used for long by the request of its provider that costs nothing, and tells what came of it. A refusal counts
 * when a second request is refused, too; one that breaks or is not allowed says nothing about the key.
 */
export async function revalidateKey(deps: RevalidateDeps, key: RevalidationMessage): Promise<void> {
  const provider = findProvider(key.provider);
  if (!provider) return;
  const probe = (): Promise<ProbeResultMessage> => deps.probe(provider, new Secret(key.secret), key.config);
  const first = await probe();
  const found = first.outcome === 'invalid' ? await deps.pause(SECOND_LOOK_MS).then(probe) : first;
  const reason = found.message.slice(0, LONGEST_REASON);
  await deps.vault.reportRevalidation({ id: key.id, keyId: key.keyId, outcome: found.outcome, reason });
  deps.log.info({ keyId: key.keyId, orgId: key.orgId, provider: key.provider, outcome: found.outcome }, 'tried a key that was not used for long');
  const note = noteOn(key, found);
  if (note) await deps.billing.noteKeys({ items: [note] });
}

/** What somebody should hear of; platform keys are the operator's own to look after. */
function noteOn({ orgId, keyId, owner, provider }: RevalidationMessage, { outcome, message, balanceUsd }: ProbeResultMessage): KeyNoteMessage | undefined {
  if (owner.type === 'platform') return undefined;
  const about = { orgId, keyId, ownerType: owner.type, ownerId: owner.id, provider, at: '' };
  if (outcome === 'invalid') return { ...about, what: 'invalid', detail: oneLine(message) };
  if (outcome === 'no-credit') return { ...about, what: 'low_balance', detail: 'its account has no credit left' };
  const isLow = /^-?\d{1,12}(\.\d{1,9})?$/.test(balanceUsd) && parseUsd(balanceUsd) < LOW_BALANCE_NANO_USD;
  return isLow ? { ...about, what: 'low_balance', detail: `USD ${balanceUsd} left at its provider` } : undefined;
}

function oneLine(message: string): string {
  return message.replace(/\p{Cc}/gu, ' ').slice(0, LONGEST_REASON);
}
