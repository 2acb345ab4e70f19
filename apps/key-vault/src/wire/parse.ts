import { AppError } from '@byok/kernel';
import type { z } from 'zod';

/** The request as the verb wants it, or `invalid_request` naming the fields. zod's own messages may quote values and are dropped. */
export function parse<T extends z.ZodType>(schema: T, request: unknown): z.output<T> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.slice(0, 2).join('.') || 'request'))];
  throw new AppError('invalid_request', `Not valid: ${fields.join(', ')}.`, { details: { fields } });
}
