import { AppError } from '@byok/kernel';
import { asObject } from '../members.js';

type Found = Record<string, unknown>;

/** A member of a request in the shape we need it in; absent and null are the same. `param` is its path, for people. */
export function expectObject(value: unknown, param: string): Found {
  const found = asObject(value);
  if (!found) throw invalid(param, 'an object');
  return found;
}

export function expectList(value: unknown, param: string): unknown[] {
  if (!Array.isArray(value)) throw invalid(param, 'a list');
  return value as unknown[];
}

export function expectText(value: unknown, param: string): string {
  if (typeof value !== 'string') throw invalid(param, 'a text');
  return value;
}

export function expectNumber(value: unknown, param: string): number {
  if (typeof value !== 'number') throw invalid(param, 'a number');
  return value;
}

/** `{[name]: value}` when the caller set it, else nothing: made for spreading. */
export function given<Name extends string, Value>(name: Name, value: unknown, expect: (value: unknown, param: string) => Value, param: string): { [key in Name]?: Value } {
  return value === undefined || value === null ? {} : ({ [name]: expect(value, param) } as { [key in Name]?: Value });
}

export function invalid(param: string, shape: string): AppError {
  return new AppError('invalid_request', `"${param}" must be ${shape}.`, { details: { param } });
}
