import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UsageBatch } from '@byok/contracts';
import type { Clock } from '@byok/kernel';
import type { Log, QueueProducer } from '@byok/platform';
import { lockFolder } from './lock-folder.js';
import { crashedEnd, outcomeLine, sameFields, startFields } from './records.js';
import { findOpenIntents } from './recover.js';
import { listSegments, segmentPath } from './segments.js';
import { Shipper } from './ship-events.js';
import { SpoolWriter } from './spool-writer.js';

export interface SpoolOptions {
  folder: string;
  queue: QueueProducer<UsageBatch>;
  clock: Clock;
  log: Log;
  segmentBytes?: number;
  maxBytes?: number;
  batchMs?: number;
}

export interface Spool {
  readonly gatewayId: string;
  /** How many attempts of an earlier process were found open and closed as crashed. */
  readonly recovered: number;
  readonly writer: SpoolWriter;
  readonly shipper: Shipper;
  waitingBytes(): number;
  close(): Promise<void>;
}

const DEFAULT_SEGMENT_BYTES = 64 * 1024 * 1024;
const DEFAULT_MAX_BYTES = 2 * 1024 * 1024 * 1024;

/** Opens the spool folder: closes what an earlier process left open, then takes records and ships them. */
export function openSpool(options: SpoolOptions): Spool {
  const { folder, log } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(folder);
  const gatewayId = spoolIdOf(folder);
  const crashed = findOpenIntents(folder, log);
  // Summed over the folder at most once a second: it only has to notice a queue that has been away for long.
  const waitingBytes = sampled(() => bytesIn(folder), options.clock);
  const writer = new SpoolWriter({
    folder,
    firstSegment: (listSegments(folder).at(-1) ?? 0) + 1,
    segmentBytes: options.segmentBytes ?? DEFAULT_SEGMENT_BYTES,
    waitingBytes,
    maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
    log,
  });
  for (const intent of crashed) writer.finish(null, outcomeLine(startFields(intent.start, sameFields(intent.start)), crashedEnd(intent.requestBytes, options.clock.now())));
  const shipper = new Shipper({ folder, gatewayId, queue: options.queue, activeSegment: () => writer.activeSegment, log, ...(options.batchMs ? { batchMs: options.batchMs } : {}) });
  if (crashed.length > 0) log.warn({ attempts: crashed.length }, 'attempts of an earlier process were left open and are recorded as crashed');
  return {
    gatewayId,
    recovered: crashed.length,
    writer,
    shipper,
    waitingBytes,
    close: async () => {
      writer.close();
      await shipper.close();
      unlock();
    },
  };
}

const SPOOL_ID = /^gw[0-9a-f]{16}$/;

/** An id that lives and dies with the folder: job ids made from it must not repeat after the folder was emptied. One that was torn is made anew. */
function spoolIdOf(folder: string): string {
  const path = join(folder, 'spool-id');
  const known = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (SPOOL_ID.test(known)) return known;
  const id = `gw${randomBytes(8).toString('hex')}`;
  writeFileSync(`${path}.new`, id, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return id;
}

function bytesIn(folder: string): number {
  return listSegments(folder).reduce((sum, segment) => sum + (statSync(segmentPath(folder, segment), { throwIfNoEntry: false })?.size ?? 0), 0);
}

function sampled(measure: () => number, clock: Clock): () => number {
  let value = 0;
  let measuredAt = -Infinity;
  return () => {
    if (clock.now() - measuredAt > 1_000) {
      value = measure();
      measuredAt = clock.now();
    }
    return value;
  };
}
