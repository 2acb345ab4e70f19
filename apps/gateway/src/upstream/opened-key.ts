import { AppError, Secret } from '@byok/kernel';
import { authHeaders, endpointUrl, type CallEndpoint, type Provider } from '@byok/providers';
import type { Trust } from './dialer.js';
import type { Target } from './http-client.js';
import type { Pools } from './pools.js';

/** Sent to endpoints that tenants named: one of them may lead back to us, and then the call would go round for ever. */
export const HOP_HEADER = 'x-byok-hop';

export interface TargetDeps {
  pools: Pools;
  /** `BYOK_PROVIDER_BASE_URLS`: the operator's endpoints, by provider id. */
  baseUrls: Readonly<Record<string, string>>;
}

/** A key that the vault opened for an org, and where it leads. Lives in this process's memory for a minute at most. */
export class OpenedKey {
  readonly #targets = new Map<CallEndpoint, Target>();

  constructor(
    readonly orgId: string,
    readonly provider: Provider,
    readonly secret: Secret,
    readonly config: Readonly<Record<string, string>>,
  ) {}

  /** Where a call with this key goes and what authorises it. @throws AppError endpoint_not_allowed, key_config_invalid */
  target(endpoint: CallEndpoint, deps: TargetDeps): Target {
    const known = this.#targets.get(endpoint);
    if (known) return known;
    const override = deps.baseUrls[this.provider.id];
    const url = new URL(endpointUrl(this.provider, endpoint, this.config, override));
    const bulkhead = this.#bulkhead(override);
    const target = {
      pool: deps.pools.poolFor(url, override === undefined ? 'nobody' : ('operator' satisfies Trust), bulkhead),
      path: url.pathname + url.search,
      headers: ['content-type', 'application/json', 'accept-encoding', 'identity', ...this.#credential(), ...(bulkhead === '' ? [] : [HOP_HEADER, '1'])],
    };
    this.#targets.set(endpoint, target);
    return target;
  }

  /** An endpoint that the tenant named shares nothing with other tenants; a provider's own is shared by all. */
  #bulkhead(override: string | undefined): string {
    const isNamedByTenant = override === undefined && this.provider.configFields.some((field) => field.isBaseUrl && this.config[field.name]);
    return isNamedByTenant ? this.orgId : '';
  }

  #credential(): string[] {
    const headers = authHeaders(this.provider, this.secret.expose(), this.config);
    // A control character would end the header early. The vault does not store such keys; this is the last look.
    if (headers.some((part) => /[\0-\x08\x0a-\x1f\x7f\u0100-\uffff]/.test(part))) throw new AppError('key_unavailable', 'This key holds characters that cannot be sent. Store it again.');
    return headers;
  }
}
