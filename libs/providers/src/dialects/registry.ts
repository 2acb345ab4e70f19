import type { Dialect } from '../endpoints.js';
import type { CallerSide, UpstreamSide } from './dialect.js';

/** Dialects that callers may speak; a new one is one line. */
export const CALLERS: Readonly<Partial<Record<Dialect, CallerSide>>> = {
};

/** Dialects in which we can ask a provider on behalf of callers of another one; a new one is one line. */
export const UPSTREAMS: Readonly<Partial<Record<Dialect, UpstreamSide>>> = {
};
