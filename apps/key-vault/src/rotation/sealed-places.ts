import type { Dek } from '@byok/envelope';
import type { AppError } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import type { KeyOrg } from '../store/key-row.js';
import type { VaultDeps } from '../vault-deps.js';
import { candidatesUnderOtherDeks } from './reseal-candidates.js';
import { credentialsUnderOtherDeks } from './reseal-credentials.js';
import { resealableSignInSecrets } from './reseal-sign-in-secrets.js';

export type ResealDeps = Pick<VaultDeps, 'db' | 'deks' | 'random' | 'log' | 'deploymentId'>;

/** One sealed value that is not under its org's active DEK. */
export interface SealedRow {
  id: string;
  /** Opens it and seals it under `dek`. False when somebody changed the row meanwhile: their value stays. */
  reseal(tx: Sql, dek: Dek): Promise<boolean>;
  /** Takes a value out of service that does not open. */
  quarantine(error: AppError): Promise<unknown>;
}

/** A table that holds sealed values. */
export interface SealedPlace {
  /** Has org_id, dek_id and blob. */
  table: string;
  /** SQL over `p`: which of its rows are meant to open. The others keep their DEK from being destroyed, not from being retired. */
  isOpenable: string;
  /** Rows of an org that are meant to open and are not under its active DEK. */
  batch(deps: ResealDeps, db: Sql, orgId: KeyOrg, activeDekId: string, limit: number): Promise<SealedRow[]>;
}

/** Every place where a value is sealed under an org's DEK. What is missing here is lost when a DEK is destroyed. */
export const SEALED_PLACES: readonly SealedPlace[] = [
  { table: 'vault.credential', isOpenable: `p.status <> 'undecryptable'`, batch: credentialsUnderOtherDeks },
  { table: 'vault.credential_candidate', isOpenable: 'true', batch: candidatesUnderOtherDeks },
  { table: 'vault.sign_in_secret', isOpenable: 'NOT p.is_undecryptable', batch: resealableSignInSecrets },
];

/** `FROM` and the start of `WHERE`, for the values of a place that are meant to open. */
export function openableUnder(place: SealedPlace): string {
  return `${place.table} p WHERE p.blob IS NOT NULL AND ${place.isOpenable}`;
}
