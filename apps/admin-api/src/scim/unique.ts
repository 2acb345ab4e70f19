import { AppError } from '@byok/kernel';

const TAKEN = /^(Somebody has this|A group of this name|Another (user|group) has)/;

/** SCIM's word for a name that is taken; other conflicts, such as the last owner, stay as they are. */
export async function unique<R>(write: Promise<R>): Promise<R> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict' && TAKEN.test(error.message)) throw new AppError('conflict', error.message, { cause: error, details: { scimType: 'uniqueness' } });
    throw error;
  }
}
