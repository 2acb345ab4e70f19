import type { VaultDeps } from '../vault-deps.js';

export type RotationDeps = Pick<VaultDeps, 'db' | 'deks' | 'kms' | 'random' | 'clock' | 'log' | 'deploymentId' | 'rules'> & {
  /** This process among the vault's replicas. */
  replicaId: string;
};

/** In audit rows: what the vault did by itself. */
export const THE_VAULT = 'key-vault';
