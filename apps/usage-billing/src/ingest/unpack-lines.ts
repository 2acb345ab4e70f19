import { promisify } from 'node:util';
import { constants, zstdDecompress } from 'node:zlib';
import { USAGE_BATCH_MAX_BYTES, type UsageBatch } from '@byok/contracts';

const decompress = promisify(zstdDecompress);
/** A window is memory that the sender asks for: no more than what may come out. */
const WINDOW_LOG = Math.log2(USAGE_BATCH_MAX_BYTES);
const LIMITS = { maxOutputLength: USAGE_BATCH_MAX_BYTES, params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG } };

/** The lines of a batch; undefined for what nobody can unpack: torn, forged, or more than a batch may hold. */
export async function linesOf({ encoding, events }: UsageBatch): Promise<string | undefined> {
  if (encoding === undefined) return events;
  try {
    return (await decompress(Buffer.from(events, 'base64'), LIMITS)).toString();
  } catch (error) {
    if (isFaultOfBatch(error)) return undefined;
    throw error;
  }
}

/** Anything else, such as no memory at the moment, says nothing about the batch: it comes again. */
function isFaultOfBatch(error: unknown): boolean {
  const { code = '' } = error as { code?: string };
  return code === 'ERR_BUFFER_TOO_LARGE' || code === 'Z_BUF_ERROR' || (code.startsWith('ZSTD_error_') && code !== 'ZSTD_error_memory_allocation');
}
