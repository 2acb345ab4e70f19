import { ingestBatch, type IngestDeps, type IngestResult } from './ingest-batch.js';

const MAX_GATEWAY_ID = 128;

/** A job of the usage queue. An envelope that is none of ours is one poison row, never a job that fails for ever. */
export function processUsageBatch(deps: IngestDeps, job: unknown): Promise<IngestResult> {
  const { gatewayId, events } = (typeof job === 'object' && job !== null ? job : {}) as { gatewayId?: unknown; events?: unknown };
  const sender = typeof gatewayId === 'string' ? gatewayId.replaceAll('\0', '').slice(0, MAX_GATEWAY_ID) : 'unknown';
  return ingestBatch(deps, sender, typeof events === 'string' ? events.split('\n').map(parseLine) : [job]);
}

/** A line that is not JSON goes on as the text it is, to be kept aside like anything else that is no event. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
