import { AppError, type Secret } from '@byok/kernel';
import { atOverride, endpointUrl, isPathPerCall, type PathFacts, type Provider, type UpstreamEndpoint } from '@byok/providers';
import { LRUCache } from 'lru-cache';
import { NOT_IN_A_VALUE } from '../header-value.js';
import { authoriserOf, fixedHeaders, type Authorise, type AuthoriseDeps } from './authorise.js';
import type { Target } from './http-client.js';
import { placeOf } from './place-of.js';

/** Sent to endpoints that tenants named: one of them may lead back to us, and then the call would go round for ever. */
export const HOP_HEADER = 'x-byok-hop';

/** Of endpoints whose path names the model. */
const MAX_TARGETS = 64;

/** A key that the vault opened for an org, and where it leads. Lives in this process's memory for a minute at most. */
export class OpenedKey {
  readonly #targets = new LRUCache<string, Target>({ max: MAX_TARGETS });
  readonly #authorise: Authorise | null;

  constructor(
    readonly orgId: string,
    readonly provider: Provider,
    readonly secret: Secret,
    readonly config: Readonly<Record<string, string>>,
    /** Its org holds its own KEK and may take it away: not to be used beyond this moment. */
    readonly endsAt?: number,
  ) {
    this.#authorise = authoriserOf(this);
  }

  /** Where a call with this key goes and what authorises it. @throws AppError endpoint_not_allowed, key_config_invalid */
  target(endpoint: UpstreamEndpoint, facts: PathFacts, deps: AuthoriseDeps): Target {
    const name = isPathPerCall(this.provider, endpoint) ? `${endpoint} ${facts.stream} ${facts.model}` : endpoint;
    const known = this.#targets.get(name);
    if (known) return known;
    const override = deps.baseUrls[this.provider.id];
    const url = new URL(endpointUrl(this.provider, endpoint, this.config, override, facts));
    const bulkhead = this.#bulkhead(override);
    const { pool, path } = placeOf(url, this.provider.id, bulkhead, deps);
    const target = {
      pool,
      url,
      path,
      headers: ['content-type', 'application/json', 'accept-encoding', 'identity', ...this.#credential(), ...(bulkhead === '' ? [] : [HOP_HEADER, '1'])],
      authorise: this.#authorise,
    };
    this.#targets.set(name, target);
    return target;
  }

  /** Where a URL leads that the provider itself named and its dialect has checked. @throws AppError endpoint_not_allowed */
  targetAt(named: string, carriesKey: boolean, deps: AuthoriseDeps): Pick<Target, 'pool' | 'path' | 'headers'> {
    const override = deps.baseUrls[this.provider.id];
    const url = new URL(override === undefined ? named : atOverride(this.provider, named, this.config, override));
    const { pool, path } = placeOf(url, this.provider.id, '', deps);
    return { pool, path, headers: ['accept-encoding', 'identity', ...(carriesKey ? this.#credential() : [])] };
  }

  /** An endpoint that the tenant named shares nothing with other tenants; a provider's own is shared by all. */
  #bulkhead(override: string | undefined): string {
    const isNamedByTenant = override === undefined && this.provider.configFields.some((field) => field.isBaseUrl && this.config[field.name]);
    return isNamedByTenant ? this.orgId : '';
  }

  #credential(): string[] {
    const headers = fixedHeaders(this);
    // A control character would end the header early. The vault does not store such keys; this is the last look.
    if (headers.some((part) => NOT_IN_A_VALUE.test(part))) throw new AppError('key_unavailable', 'This key holds characters that cannot be sent. Store it again.');
    return headers;
  }
}
