import type { OpenedKeyMessage, VaultForGateway } from '@byok/contracts';
import { AppError, Secret, type Clock, type ErrorCode } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import { findProvider } from '@byok/providers';
import type { Attempt } from '@byok/routing';
import { actorOf } from '../clients/vault.js';
import { OpenedKey } from '../upstream/opened-key.js';
import { FreshCache, type FreshCacheOptions } from './fresh-cache.js';
import { activeKey, type KeysFor } from './keys-for.js';

export interface OpenRequest {
  attempt: Attempt;
  principal: Principal;
  requestId: string;
}

export interface OpenKey {
  (request: OpenRequest): OpenedKey | Promise<OpenedKey>;
  readonly opened: FreshCache<OpenRequest, OpenedKey>;
}

const MAX_OPEN_KEYS = 5_000;

/**
 * The plaintext of an attempt's key, for use in this process alone. A key that cannot be opened fails the call: another key
 * would be somebody else's money.
 */
export function makeOpenKey(deps: { vault: VaultForGateway; keysFor: KeysFor } & Pick<FreshCacheOptions<OpenRequest, OpenedKey>, 'freshMs' | 'staleMs' | 'clock' | 'changes'>): OpenKey {
  const opened = new FreshCache<OpenRequest, OpenedKey>({ ...deps, max: MAX_OPEN_KEYS, load: (request) => open(request, deps), orgOf: (key) => key.orgId, endOf: (key) => key.endsAt });
  const openKey = (request: OpenRequest): OpenedKey | Promise<OpenedKey> => {
    const { attempt, principal } = request;
    return opened.get(`${attempt.keyId} ${attempt.keyVersion} ${principal.orgId}`, request);
  };
  return Object.assign(openKey, { opened });
}

async function open(request: OpenRequest, deps: { vault: VaultForGateway; keysFor: KeysFor; clock: Clock }): Promise<OpenedKey> {
  const { attempt, principal } = request;
  const askedAt = deps.clock.now();
  try {
    const secret = await ask(deps.vault, request, attempt.keyVersion).catch((error: unknown) => openNewerVersion(error, request, deps));
    // The list is a row that somebody with the database may turn round; what opens was sealed for its provider, and goes there alone.
    if (findProvider(secret.provider)?.id !== attempt.provider.id) throw new AppError('integrity_failed', 'This key is of another provider than it was listed for. It was not used.');
    return new OpenedKey(principal.orgId, attempt.provider, new Secret(secret.secret), secret.config, secret.keepMs ? askedAt + secret.keepMs : undefined);
  } catch (error) {
    throw asOpeningError(error);
  }
}

/** The key may have been rotated since it was listed: then its new version is the one to open. */
async function openNewerVersion(error: unknown, request: OpenRequest, deps: { vault: VaultForGateway; keysFor: KeysFor }): Promise<OpenedKeyMessage> {
  // A candidate that is gone was taken back or took over: the version in use comes after it in the plan.
  if (!(error instanceof AppError) || error.code !== 'not_found' || request.attempt.trial?.isCandidate) throw error;
  const ring = await deps.keysFor.anew(request.principal);
  const listed = activeKey(ring, request.attempt.keyId);
  if (!listed || listed.version === request.attempt.keyVersion) throw error;
  return ask(deps.vault, request, listed.version);
}

function ask(vault: VaultForGateway, { attempt, principal, requestId }: OpenRequest, version: number): Promise<OpenedKeyMessage> {
  return vault.openKey({ actor: actorOf(principal), keyId: attempt.keyId, version, requestId, purpose: 'call' });
}

/** These tell the caller about the caller, or about the state of the key; every other reason is the vault's own business. */
const PASSED_ON: readonly ErrorCode[] = ['integrity_failed', 'service_unavailable', 'unauthenticated', 'token_invalid', 'token_revoked', 'token_expired', 'org_frozen', 'org_sealed'];

/** Whatever the reason, it stops the call; only an unreachable vault may be bridged by the cache. */
function asOpeningError(error: unknown): AppError {
  if (error instanceof AppError && PASSED_ON.includes(error.code)) return error;
  return new AppError('key_unavailable', 'The key for this call cannot be opened at the moment. No other key was used in its place.', { cause: error });
}
