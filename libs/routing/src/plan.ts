import type { OwnerType } from '@byok/kernel';
import type { CallEndpoint, ModelTarget, Provider, UpstreamEndpoint } from '@byok/providers';
import type { Conditions } from './conditions.js';

/** Metadata of a key as the vault lists it for a caller; no plaintext. */
export interface UsableKey {
  id: string;
  owner: { type: OwnerType; id: string };
  provider: string;
  version: number;
  /** Only `active` keys are tried; the others say why they are skipped. */
  status: string;
  /** Empty: every model; `*` at the end is a prefix match. */
  allowedModels: readonly string[];
  config: Readonly<Record<string, string>>;
  /** Smaller first. */
  priority: number;
}

/** Who asks and what their org chose: everything a decision may depend on. */
export interface RoutingPolicy {
  orgId: string;
  userId: string | null;
  /** The groups this caller acts in, already narrowed to the token's group. */
  groupIds: readonly string[];
  /** Of the token; empty: every model. */
  allowedModels: readonly string[];
  platformCredits: 'never' | 'when-no-key' | 'when-no-key-or-key-fails';
  aggregator: 'first' | 'last';
  platformKeysGranted: boolean;
}

export interface RoutingRequest {
  model: string;
  endpoint: CallEndpoint;
}

/** One (key, provider, model) to try. */
export interface Attempt {
  keyId: string;
  keyVersion: number;
  owner: { type: OwnerType; id: string };
  provider: Provider;
  upstreamModel: string;
  /** Where the provider answers it; another one than the caller's means translation. */
  endpoint: UpstreamEndpoint;
  config: Readonly<Record<string, string>>;
  /** True when the platform pays. */
  usesPlatformCredits: boolean;
}

export type DropReason =
  | 'owner_out_of_reach'
  | 'unknown_provider'
  | 'model_not_served'
  | 'provider_discontinued'
  | 'model_not_allowed_by_token'
  | 'model_not_allowed_by_key'
  | 'dialect_not_supported'
  | 'key_unhealthy'
  | 'platform_credits_not_allowed'
  | 'platform_keys_not_granted'
  | 'over_attempt_limit';

/** What became of a key: kept, or dropped and why. */
export interface Considered {
  keyId: string;
  owner: { type: OwnerType; id: string };
  provider: string;
  upstreamModel: string | null;
  kept: boolean;
  reason: DropReason | null;
  /** A sentence for people. */
  detail: string;
}

export interface PlanInput {
  request: RoutingRequest;
  policy: RoutingPolicy;
  keys: readonly UsableKey[];
  /** `resolveModel(request.model)`: the direct providers of the model. */
  targets: readonly ModelTarget[];
  /** `NOTHING_KNOWN` by default. */
  conditions?: Conditions;
  /** 3 by default. */
  maxAttempts?: number;
}

export interface Plan {
  request: RoutingRequest;
  attempts: Attempt[];
  considered: Considered[];
  targets: readonly ModelTarget[];
}
