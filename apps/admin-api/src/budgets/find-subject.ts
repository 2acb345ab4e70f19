import type { CreateBudget, VaultForAdmin } from '@byok/contracts';
import { getGroup, getToken, getUser, type Principal } from '@byok/identity';
import { AppError, type GroupId, type TokenId, type UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import type { Catalogue } from '../clients/catalogue.js';
import { actorIds } from '../clients/vault.client.js';

export interface SubjectDeps {
  db: Database;
  vault: Pick<VaultForAdmin, 'getKey'>;
  catalogue: Pick<Catalogue, 'find'>;
}

const TAG = /^[a-z][a-z0-9_-]{0,31}=.{1,64}$/;

/** What a new budget is about, by the one name that spending has for it. @throws AppError not_found for what is not the org's */
export async function findSubject(deps: SubjectDeps, principal: Principal, { scope, scopeId = '' }: CreateBudget): Promise<string> {
  const { orgId } = principal;
  switch (scope) {
    case 'org':
      return orgId;
    case 'group':
      return (await getGroup(deps.db, orgId, scopeId as GroupId)).id;
    case 'user':
      return (await getUser(deps.db, orgId, scopeId as UserId)).id;
    case 'token':
      return (await getToken(deps.db, orgId, scopeId as TokenId)).id;
    case 'key':
      return (await deps.vault.getKey({ actor: actorIds(principal), keyId: scopeId })).id;
    case 'provider':
      return (await deps.catalogue.find(scopeId)).id;
    case 'model':
      return scopeId;
    case 'tag':
      if (TAG.test(scopeId)) return scopeId;
      throw new AppError('invalid_request', 'A budget for a tag names it as name=value.', { details: { field: 'scopeId' } });
  }
}
