import { AppError } from '@byok/kernel';

/** Something on the wire that ends a call. It never quotes what was sent or received. */
export class WireFailure extends Error {}

export function malformed(what: string): WireFailure {
  return new WireFailure(`The response is not HTTP/1.1 as it has to be: ${what}.`);
}

export function tooLarge(): AppError {
  return new AppError('upstream_too_large', "The provider's answer is larger than the gateway passes on.");
}

export function lateHead(): AppError {
  return new AppError('upstream_timeout', 'The provider did not begin to answer in time.');
}

export function lateBody(): AppError {
  return new AppError('upstream_timeout', 'The provider stopped in the middle of its answer.');
}
