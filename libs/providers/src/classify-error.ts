import type { ErrorCode } from '@byok/kernel';
import type { Provider } from './provider.js';

/** Lower-case names. */
export type UpstreamHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface UpstreamFailure {
  code: ErrorCode;
  /** Our own words; safe to answer and to log. */
  message: string;
  /** The provider's code or type, when it looks like one. */
  providerCode: string | null;
  /** The provider's sentence, capped and scrubbed of key shapes. Pass it through redactKey before it leaves the process. */
  providerMessage: string | null;
  /** null when the provider did not say, or gave a date. */
  retryAfterMs: number | null;
}

export declare function classifyError(provider: Provider, status: number, headers: UpstreamHeaders, body: string): UpstreamFailure;
