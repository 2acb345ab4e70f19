import { UsageBatch } from '@byok/contracts';
import { ingestBatch, type IngestDeps, type IngestResult } from './ingest-batch.js';
import { linesOf } from './unpack-lines.js';

const MAX_GATEWAY_ID = 128;

/** A job of the usage queue. An envelope that is none of ours, or that cannot be unpacked, is one poison row, never a job that fails for ever. */
export async function processUsageBatch(deps: IngestDeps, job: unknown): Promise<IngestResult> {
  const batch = UsageBatch.safeParse(job);
  const lines = batch.success ? await linesOf(batch.data) : undefined;
  return ingestBatch(deps, senderOf(job), lines?.split('\n').map(parseLine) ?? [job]);
}

function senderOf(job: unknown): string {
  const { gatewayId } = (job ?? {}) as { gatewayId?: unknown };
  return typeof gatewayId === 'string' ? gatewayId.replaceAll('\0', '').slice(0, MAX_GATEWAY_ID) : 'unknown';
}

/** A line that is not JSON goes on as the text it is, to be kept aside like anything else that is no event. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
