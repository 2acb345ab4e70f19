import type { DataClass, Declaration, KeyOrder, Preferences, TaskRule } from '@byok/contracts';
import type { OwnerType } from '@byok/kernel';
import type { CallEndpoint, ModelTarget, Provider, UpstreamEndpoint } from '@byok/providers';
import type { Conditions, CoolDown } from './conditions.js';

/** A new secret of a key on trial. */
export interface Candidate {
  version: number;
  /** Of the key's calls. */
  percent: number;
  config: Readonly<Record<string, string>>;
}

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
  /** Empty or absent: never. */
  expiresAt?: string;
  candidate?: Candidate | null;
}

/** What the token, the org, or one of the groups that a call acts in, leaves of the keys. All of them count. */
export interface Narrowing {
  of: 'token' | 'organisation' | 'group';
  allowedProviders?: readonly string[] | undefined;
  allowedModels?: readonly string[] | undefined;
  allowedRegions?: readonly string[] | undefined;
  dataClass?: DataClass | undefined;
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
  narrowings?: readonly Narrowing[];
  /** By key id or provider: what the org says of it. */
  declared?: Readonly<Record<string, Declaration>>;
  /** Inside an owner; `priority` by default. */
  order?: KeyOrder;
  /** By key id or provider. */
  weights?: Readonly<Record<string, number>>;
  preferences?: Preferences;
}

/** How an org names models and tells tasks apart. */
export interface ModelNames {
  aliases?: Readonly<Record<string, string>> | undefined;
  fallbacks?: Readonly<Record<string, readonly string[]>> | undefined;
  tasks?: Readonly<Record<string, readonly string[]>> | undefined;
  taskRules?: readonly TaskRule[] | undefined;
}

export interface RoutingRequest {
  model: string;
  endpoint: CallEndpoint;
  /** Spreads calls where an order draws lots; the same text always draws the same. */
  draw?: string;
  /** How the conversation begins: what a provider's prompt cache would know it by. */
  prefix?: string;
}

/** One (key, provider, model) to try. */
export interface Attempt {
  keyId: string;
  keyVersion: number;
  owner: { type: OwnerType; id: string };
  provider: Provider;
  /** The name it was planned under: the caller's, what their alias stands for, a fallback, or what a task was given. */
  model: string;
  upstreamModel: string;
  /** Where the provider answers it; another one than the caller's means translation. */
  endpoint: UpstreamEndpoint;
  config: Readonly<Record<string, string>>;
  /** True when the platform pays. */
  usesPlatformCredits: boolean;
  /** While its key has a candidate: the candidate's version, and whether this is it. */
  trial?: { version: number; isCandidate: boolean };
}

export type DropReason =
  | 'owner_out_of_reach'
  | 'unknown_provider'
  | 'model_not_served'
  | 'provider_discontinued'
  | 'model_not_allowed_by_token'
  | 'model_not_allowed_by_policy'
  | 'model_not_allowed_by_key'
  | 'provider_not_allowed'
  | 'region_not_allowed'
  | 'data_class_not_allowed'
  | 'dialect_not_supported'
  | 'cannot_do_task'
  | 'key_unhealthy'
  | 'key_expired'
  | 'cooling_down'
  | 'platform_credits_not_allowed'
  | 'platform_keys_not_granted'
  | 'stays_with_provider'
  | 'over_attempt_limit';

/** What became of a key for a model: kept, or dropped and why. */
export interface Considered {
  keyId: string;
  owner: { type: OwnerType; id: string };
  provider: string;
  model: string;
  upstreamModel: string | null;
  kept: boolean;
  reason: DropReason | null;
  /** A sentence for people. */
  detail: string;
  /** Until when it is left alone, where that is why. */
  coolDown: CoolDown | null;
}

export interface PlanInput {
  request: RoutingRequest;
  policy: RoutingPolicy;
  keys: readonly UsableKey[];
  /** `resolveModel(request.model)`: the direct providers of the model. */
  targets: readonly ModelTarget[];
  /** `NOTHING_KNOWN` by default. */
  conditions?: Conditions;
  /** What the provider must be able to do, such as `tools`. */
  needs?: readonly string[];
  /** True where the caller has a key for what they really asked for, so that this is but a substitute. */
  hasOwnKey?: boolean;
  /** Attempts went to this provider before, and the caller stays with one. */
  onlyProvider?: string | null;
  /** 3 by default. */
  maxAttempts?: number;
}

/** What a plan rests on besides keys and policies, and so for how long it is true. */
export type RestsOn = 'keys' | 'measurements' | 'request';

export interface Plan {
  request: RoutingRequest;
  attempts: Attempt[];
  considered: Considered[];
  targets: readonly ModelTarget[];
  /** True when a key of the caller's own side is meant for the model, whether it works or not. */
  hasOwnKey: boolean;
  restsOn: RestsOn;
  /** When it was made, where that is known. */
  now: number;
}
