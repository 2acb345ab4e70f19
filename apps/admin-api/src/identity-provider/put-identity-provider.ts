import type { IdentityProvider, PutIdentityProvider } from '@byok/contracts';
import { deleteIdentityProvider as deleteProvider, findIdentityProvider, getGroup, getIdentityProvider, putIdentityProvider as putProvider, type IdentityProvider as Provider, type Principal } from '@byok/identity';
import { AppError, type GroupId } from '@byok/kernel';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { actorIds } from '../clients/vault.client.js';
import type { AdminDeps } from '../deps.js';
import { providerToWire } from './provider-to-wire.js';

type Deps = Pick<AdminDeps, 'db' | 'vault' | 'outside'>;
type Path = { org: string };

/** Where the org signs in, all of it at once. The client's secret goes to the vault and is shown to nobody again. */
export async function putIdentityProvider(deps: Deps, principal: Principal, path: Path, { clientSecret, ...input }: PutIdentityProvider): Promise<IdentityProvider> {
  const org = orgOf(principal, path.org);
  demand(principal, 'identity-provider:update', { org });
  deps.outside.check(input.issuer);
  const groups = await Promise.all(input.groups.map(async ({ value, group }) => ({ value, group: (await getGroup(deps.db, org, group as GroupId)).id })));
  const before = await findIdentityProvider(deps.db, org);
  // First the secret: settings that name one which is not there would keep everybody out.
  const hasClientSecret = await keepSecret(deps, principal, input.issuer, clientSecret, before);
  const { issuer, clientId, enforced, createUsers } = input;
  // In the spelling of stored addresses.
  const allowedDomains = input.allowedDomains.map((domain) => domain.normalize('NFKC').toLowerCase());
  const details = { issuer, clientId, enforced, createUsers, allowedDomains, groups: groups.length, roles: input.roles.length, ...(clientSecret === undefined ? {} : { secret: clientSecret === null ? 'removed' : 'set' }) };
  const change = { org, action: 'identity-provider.set', target: org, details };
  return providerToWire(await recordChange(deps.db, principal, change, (tx) => putProvider(tx, org, { ...input, allowedDomains, groups, hasClientSecret })));
}

export async function readIdentityProvider(deps: Pick<Deps, 'db'>, principal: Principal, path: Path): Promise<IdentityProvider> {
  const org = orgOf(principal, path.org);
  demand(principal, 'identity-provider:read', { org });
  return providerToWire(await getIdentityProvider(deps.db, org));
}

/** Everybody signs in with passwords again; who has none is let in by nobody until an admin sets one. */
export async function deleteIdentityProvider(deps: Deps, principal: Principal, path: Path): Promise<void> {
  const org = orgOf(principal, path.org);
  demand(principal, 'identity-provider:update', { org });
  await recordChange(deps.db, principal, { org, action: 'identity-provider.delete', target: org }, (tx) => deleteProvider(tx, org));
  await deps.vault.dropSignInSecret({ actor: actorIds(principal) });
}

/** Whether there is a secret from now on. Left out: it stays as it is. */
async function keepSecret({ vault }: Deps, principal: Principal, issuer: string, secret: string | null | undefined, before: Provider | undefined): Promise<boolean> {
  const isKept = before?.hasClientSecret ?? false;
  // It is another issuer's and would be shown to this one.
  if (isKept && secret === undefined && before!.issuer !== issuer) throw new AppError('invalid_request', 'The issuer is another one: give its client secret, or null for none.', { details: { field: 'clientSecret' } });
  if (secret === undefined) return isKept;
  const actor = actorIds(principal);
  await (secret === null ? vault.dropSignInSecret({ actor }) : vault.keepSignInSecret({ actor, secret, issuer }));
  return secret !== null;
}
