import { AppError } from '@byok/kernel';
import type { Found } from '../find-usage.js';
import { asObject } from './members.js';

/** The caller's mistake, and where it is. */
export function invalid(param: string, what: string): AppError {
  return new AppError('invalid_request', `"${param}" ${what}.`, { details: { param } });
}

/** Right in the dialect of the caller, but nothing that another provider could be told. */
export function untranslatable(param: string, what: string): AppError {
  return new AppError('param_not_supported', `${what} cannot be passed on to this provider. Leave it out, or choose a model of a provider that speaks chat completions itself.`, { details: { param } });
}

/** A member, with null for what is absent. */
export function member(object: Found, name: string): unknown {
  return (Object.hasOwn(object, name) ? object[name] : null) ?? null;
}

export function expectObject(value: unknown, param: string): Found {
  const object = asObject(value);
  if (!object) throw invalid(param, 'must be an object');
  return object;
}

export function expectText(value: unknown, param: string): string {
  if (typeof value !== 'string') throw invalid(param, 'must be a string');
  return value;
}

export function expectList(value: unknown, param: string): unknown[] {
  if (!Array.isArray(value)) throw invalid(param, 'must be a list');
  return value;
}

export function optionalText(object: Found, name: string, param = name): string | undefined {
  const value = member(object, name);
  return value === null ? undefined : expectText(value, param);
}

export function optionalNumber(object: Found, name: string): number | undefined {
  const value = member(object, name);
  if (value === null) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(name, 'must be a number');
  return value;
}

export function optionalFlag(object: Found, name: string, param = name): boolean | undefined {
  const value = member(object, name);
  if (value === null) return undefined;
  if (typeof value !== 'boolean') throw invalid(param, 'must be true or false');
  return value;
}
