import { ingestBatch, type IngestDeps, type IngestResult } from './ingest-batch.js';

const MAX_GATEWAY_ID = 128;

/** A job of the usage queue. An envelope that is none of ours is one poison row, never a job that fails for ever. */
export function processUsageBatch(deps: IngestDeps, job: unknown): Promise<IngestResult> {
  const { gatewayId, events } = (typeof job === 'object' && job !== null ? job : {}) as { gatewayId?: unknown; events?: unknown };
  const sender = typeof gatewayId === 'string' ? gatewayId.replaceAll('\0', '').slice(0, MAX_GATEWAY_ID) : 'unknown';
  return ingestBatch(deps, sender, Array.isArray(events) ? events : [job]);
}
