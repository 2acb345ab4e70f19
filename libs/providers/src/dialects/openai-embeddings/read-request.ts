import { AppError } from '@byok/kernel';
import type { EmbeddingPurpose, EmbeddingRequest } from '../embeddings-form.js';

export function readRequest(body: Record<string, unknown>): EmbeddingRequest {
  const { model, input, dimensions, encoding_format, user, input_type, ...extras } = body;
  const request: EmbeddingRequest = { model: typeof model === 'string' ? model : '', texts: textsOf(input), encoding: encodingOf(encoding_format), extras };
  if (isGiven(dimensions)) request.dimensions = dimensionsOf(dimensions);
  if (isGiven(user)) request.user = userOf(user);
  const purpose = purposeOf(input_type);
  if (purpose) request.purpose = purpose;
  else if (isGiven(input_type)) request.extras.input_type = input_type;
  return request;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function textsOf(input: unknown): string[] | null {
  if (typeof input === 'string' && input !== '') return [input];
  if (!Array.isArray(input) || input.length === 0) throw invalid('input', 'must be a text or a list of texts, not empty');
  const each = input as unknown[];
  if (each.every((text) => typeof text === 'string' && text !== '')) return each as string[];
  const areTokens = each.every(Number.isInteger) || each.every((list) => Array.isArray(list) && list.length > 0 && list.every(Number.isInteger));
  if (!areTokens) throw invalid('input', 'must hold texts that are not empty, or token ids');
  return null;
}

function encodingOf(format: unknown): EmbeddingRequest['encoding'] {
  if (!isGiven(format)) return 'float';
  if (format !== 'float' && format !== 'base64') throw invalid('encoding_format', 'must be float or base64');
  return format;
}

function dimensionsOf(dimensions: unknown): number {
  if (!Number.isInteger(dimensions) || (dimensions as number) < 1) throw invalid('dimensions', 'must be a whole number above 0');
  return dimensions as number;
}

function userOf(user: unknown): string {
  if (typeof user !== 'string') throw invalid('user', 'must be text');
  return user;
}

/** OpenAI has no such field; its relatives do (NVIDIA `passage`, Voyage `document`, Cohere `search_document`). */
const PURPOSES: Readonly<Record<string, EmbeddingPurpose>> = {
  query: 'query',
  search_query: 'query',
  document: 'document',
  passage: 'document',
  search_document: 'document',
  classification: 'classification',
  clustering: 'clustering',
  similarity: 'similarity',
};

function purposeOf(inputType: unknown): EmbeddingPurpose | null {
  return typeof inputType === 'string' && Object.hasOwn(PURPOSES, inputType) ? PURPOSES[inputType]! : null;
}

function invalid(param: string, problem: string): AppError {
  return new AppError('invalid_request', `The field "${param}" ${problem}.`, { details: { param } });
}
