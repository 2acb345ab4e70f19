import type { Random } from '@byok/envelope';
import type { Clock } from '@byok/kernel';
import type { Checkpoints, Database, Log } from '@byok/platform';

import type { KekWatch } from './boot/watch-keks.js';
import type { DekRing } from './deks/dek-ring.js';
import type { KmsSet } from './kms/kms-set.js';
import type { RotationRules } from './rotation/rotation-rules.js';

/** Everything the vault is wired from. A verb asks for the part it uses: `Pick<VaultDeps, 'db' | 'clock'>`. */
export interface VaultDeps {
  db: Database;
  deks: DekRing;
  kms: KmsSet;
  keks?: Pick<KekWatch, 'problems'>;
  random: Random;
  clock: Clock;
  log: Log;
  deploymentId: string;
  rules: RotationRules;
  /** A key that was not used or tested for so long is tried by itself; 0: never. */
  revalidateAfterMs: number;
  /** Unset where the operator named no file for them. */
  checkpoints?: Checkpoints | undefined;
}
