import { AppError } from '@byok/kernel';

/** The AppError that this ends with; anything else it throws is a failure of the test, and so is success. */
export function failure(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('was accepted');
}
