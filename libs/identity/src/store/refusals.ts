import { AppError } from '@byok/kernel';
import { sqlState } from '@byok/platform';

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

/** Runs a write; what a constraint refuses becomes an answer for the caller. The transaction is lost either way. */
export async function explainRefusal<T>(write: Promise<T>, messages: { duplicate?: string; missing?: string }): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const state = sqlState(error);
    if (state === UNIQUE_VIOLATION && messages.duplicate) throw new AppError('conflict', messages.duplicate, { cause: error });
    if (state === FOREIGN_KEY_VIOLATION && messages.missing) throw new AppError('not_found', messages.missing, { cause: error });
    throw error;
  }
}

/** The row, or 404: what is another org's looks the same as what does not exist. */
export function found<T>(row: T | undefined, what: string): T {
  if (!row) throw new AppError('not_found', `There is no such ${what}.`);
  return row;
}
