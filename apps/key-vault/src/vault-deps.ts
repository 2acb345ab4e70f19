import type { Random } from '@byok/envelope';
import type { Clock } from '@byok/kernel';
import type { Database, Log } from '@byok/platform';

import type { DekRing } from './deks/dek-ring.js';
import type { KmsSet } from './kms/kms-set.js';

/** Everything the vault is wired from. A verb asks for the part it uses: `Pick<VaultDeps, 'db' | 'clock'>`. */
export interface VaultDeps {
  db: Database;
  deks: DekRing;
  kms: KmsSet;
  random: Random;
  clock: Clock;
  log: Log;
  deploymentId: string;
}
