import { AppError } from '@byok/kernel';
import type { z } from 'zod';

/** A message from the wire as its schema says. @throws AppError invalid_request naming the fields */
export function parse<T extends z.ZodType>(schema: T, message: unknown): z.infer<T> {
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.slice(0, 2).join('.')))];
  throw new AppError('invalid_request', `Not valid: ${fields.join(', ')}.`, { details: { fields } });
}
