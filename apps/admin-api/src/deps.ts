import type { BillingClient } from './clients/billing.client.js';
import type { OfficeClient } from './clients/office.client.js';
import type { VaultClient } from './clients/vault.client.js';
import type { ProbeClient } from './clients/probe.client.js';
import type { KeyObject } from 'node:crypto';
import type { Clock } from '@byok/kernel';
import type { Checkpoints, Database, Log } from '@byok/platform';
import type { Limiter } from './auth/limiters.js';
import type { Catalogue } from './clients/catalogue.js';

/** Injection token of AdminDeps. */
export const DEPS = Symbol('admin-api deps');

/** What the composition root makes; a verb asks for the few of them it uses. */
export interface AdminDeps {
  db: Database;
  clock: Clock;
  log: Log;
  /** Of identity's chains; unset where the operator named no file for them. */
  checkpoints?: Checkpoints | undefined;
  vault: VaultClient;
  billing: BillingClient;
  office: OfficeClient;
  probe: ProbeClient;
  catalogue: Catalogue;
  sessionSigningKey: KeyObject;
  sessionVerifyKey: KeyObject;
  /** Sign-ins per address and place, and per place alone. */
  loginLimiter: Limiter;
  placeLimiter: Limiter;
  probeLimiter: Limiter;
  webhookLimiter: Limiter;
}
