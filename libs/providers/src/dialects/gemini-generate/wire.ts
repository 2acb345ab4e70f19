import { AppError } from '@byok/kernel';
import type { Found } from '../../find-usage.js';
import { asObject } from '../members.js';

/** One piece of content. Exactly one kind of data, and marks beside it. */
export interface GeminiPart {
  text?: string;
  thought?: true;
  thoughtSignature?: string;
  inlineData?: { mimeType: string; data: string };
  fileData?: { mimeType: string; fileUri: string };
  functionCall?: { id?: string; name: string; args: object };
  functionResponse?: { id?: string; name: string; response: object; parts?: GeminiPart[] };
}

export interface GeminiContent {
  role: 'user' | 'model';
  parts: GeminiPart[];
}

/** A field under its camelCase name, or under its snake_case one: Google's JSON is read in both. */
export function at(object: Found, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name] ?? undefined;
  const snake = toSnake(name);
  return Object.hasOwn(object, snake) ? (object[snake] ?? undefined) : undefined;
}

export function toSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function toCamel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** A single value stands for a list of one, as in Google's own examples. */
export function list(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

export function invalid(param: string, problem: string): AppError {
  return new AppError('invalid_request', `"${param}" ${problem}.`, { details: { param } });
}

export function unsupported(param: string, what: string): AppError {
  return new AppError('param_not_supported', `A model of another provider cannot be asked for ${what} ("${param}"). Leave it out, or choose a model of Google.`, { details: { param } });
}

/** @throws AppError invalid_request */
export function objectAt(value: unknown, param: string): Found {
  const object = asObject(value);
  if (!object) throw invalid(param, 'must be an object');
  return object;
}

/** undefined when the field is not set. @throws AppError invalid_request */
export function numberIn(object: Found, name: string, param: string): number | undefined {
  const value = at(object, name);
  if (value === undefined) return undefined;
  // Google writes 64-bit numbers as text.
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw invalid(param, 'must be a number');
  return number;
}

/** undefined when the field is not set. @throws AppError invalid_request */
export function textIn(object: Found, name: string, param: string): string | undefined {
  const value = at(object, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalid(param, 'must be text');
  return value;
}
