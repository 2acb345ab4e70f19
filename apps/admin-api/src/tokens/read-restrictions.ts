import type { CreateToken } from '@byok/contracts';
import { getGroup } from '@byok/identity';
import { AppError, type GroupId, type OrgId, type UserId } from '@byok/kernel';
import { parseNetwork, type Database } from '@byok/platform';
import type { Catalogue } from '../clients/catalogue.js';

export interface WantedRestrictions {
  allowedProviders: string[];
  allowedGroups: GroupId[];
  allowedNetworks: string[];
}

/**
 * What a new token is narrowed to, in the one spelling in which it is kept and compared.
 * @throws AppError unknown_provider, not_found, invalid_request
 */
export async function readRestrictions(
  deps: { db: Database; catalogue: Pick<Catalogue, 'find'> },
  org: OrgId,
  { userId, groupId }: { userId: UserId | null; groupId: GroupId | null },
  { allowedProviders = [], allowedGroups = [], allowedNetworks = [] }: CreateToken,
): Promise<WantedRestrictions> {
  const providers = new Set<string>();
  for (const name of allowedProviders) providers.add((await deps.catalogue.find(name)).id);
  for (const group of allowedGroups) await getGroup(deps.db, org, group as GroupId);
  if (allowedGroups.length > 0 && (userId === null || groupId !== null)) throw refused('allowedGroups', 'narrows the groups of a user; a service and a token inside one group have none to choose from');
  for (const network of allowedNetworks) if (!parseNetwork(network)) throw refused('allowedNetworks', 'must be addresses or CIDRs, such as 203.0.113.7 or 10.0.0.0/8');
  return { allowedProviders: [...providers], allowedGroups: [...new Set(allowedGroups)] as GroupId[], allowedNetworks: [...new Set(allowedNetworks)] };
}

function refused(field: string, message: string): AppError {
  return new AppError('invalid_request', `The request is not valid at "${field}": it ${message}.`, { details: { field } });
}
