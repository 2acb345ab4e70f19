import type { BillingClient } from './clients/billing.client.js';
import type { OfficeClient } from './clients/office.client.js';
import type { VaultClient } from './clients/vault.client.js';
import type { ProbeClient } from './clients/probe.client.js';
import type { KeyObject } from 'node:crypto';
import type { ServiceJwts } from '@byok/identity';
import type { Clock } from '@byok/kernel';
import type { Checkpoints, Database, Log } from '@byok/platform';
import type { Limiter } from './auth/limiters.js';
import type { Catalogue } from './clients/catalogue.js';
import type { Outside } from './sign-in/outside.js';

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
  /** The way to identity providers, and what their JWTs are checked with. */
  outside: Outside;
  serviceJwts: ServiceJwts;
  /** Where browsers find this API; unset: on loopback only. */
  publicUrl?: string | undefined;
  sessionSigningKey: KeyObject;
  sessionVerifyKey: KeyObject;
  /** Sign-ins per address and place, and per place alone. */
  loginLimiter: Limiter;
  placeLimiter: Limiter;
  /** Sign-ins by an identity provider that are begun, per place. */
  signInLimiter: Limiter;
  probeLimiter: Limiter;
  webhookLimiter: Limiter;
  /** By which reports of found secrets are signed; none: the route answers 503. */
  secretScanningSecrets: readonly string[];
}
