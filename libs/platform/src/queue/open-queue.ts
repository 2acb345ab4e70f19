import { createPostgresBackend, Queue, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import type { Log } from '../log/create-log.js';

/** Where the queue lives: on Redis when there is a REDIS_URL, in PostgreSQL's schema `queue` otherwise. */
export interface QueuePlace {
  databaseUrl: string;
  redisUrl?: string | undefined;
}

export interface QueueProducer<T> {
  /** Resolves when the queue has the job for good. The same `jobId` twice, while the job exists, is one job. */
  add(job: T, jobId: string): Promise<void>;
  /** Tells each time that a queue is reached again which was away, and may have forgotten what it took shortly before. Absent where it cannot. */
  onReturn?(listener: () => void): void;
  close(): Promise<void>;
}

/** What is used of a BullMQ queue, whichever backend it has: the two backends' types do not assign to each other. */
interface AnyQueue {
  add(name: string, data: unknown, options: { jobId: string }): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

export const QUEUE_SCHEMA = 'queue';
const KEEP_DONE = 100;
/** A job that fails is tried until it works: what can never work must not throw (the consumer sets it aside itself). */
const RETRYING = { attempts: 1_000_000, backoff: { type: 'fixed', delay: 2_000 } };
/** A worker that died gives its job back after the lock; BullMQ's 30 s and one stall would be a minute, then loss. */
const TAKING = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000_000 };

/** The sending side. Fails fast when the queue is away: whoever sends keeps the job and tries again. */
export function openQueue<T>(name: string, place: QueuePlace, log: Log): QueueProducer<T> {
  const defaultJobOptions = { removeOnComplete: KEEP_DONE, removeOnFail: false, ...RETRYING };
  const { queue, closeConnection, onReturn } = connectQueue(name, place, defaultJobOptions);
  queue.on('error', (error) => log.warn({ error, queue: name }, 'the queue cannot be reached'));
  return {
    add: async (job, jobId) => void (await queue.add('batch', job, { jobId })),
    ...(onReturn ? { onReturn } : {}),
    close: async () => {
      await queue.close();
      await closeConnection();
    },
  };
}

interface Connected {
  queue: AnyQueue;
  closeConnection: () => Promise<unknown>;
  onReturn?: (listener: () => void) => void;
}

function connectQueue(name: string, place: QueuePlace, defaultJobOptions: object): Connected {
  if (!place.redisUrl) {
    return { queue: new Queue(name, { connection: postgresConnection(place), defaultJobOptions }, createPostgresBackend), closeConnection: async () => undefined };
  }
  const connection = new Redis(place.redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  connection.on('error', () => undefined);
  let wasAway = false;
  connection.on('close', () => (wasAway = true));
  const onReturn = (listener: () => void): unknown => connection.on('ready', () => wasAway && listener());
  return { queue: new Queue(name, { connection, defaultJobOptions }), closeConnection: () => connection.quit().catch(() => undefined), onReturn: (listener) => void onReturn(listener) };
}

export interface QueueConsumer {
  close(): Promise<void>;
}

/** The receiving side. A job that throws is tried again every two seconds; delivery is at least once. */
export function openWorker<T>(name: string, place: QueuePlace, log: Log, work: (job: T) => Promise<void>, concurrency = 4): QueueConsumer {
  const processor = (job: Job): Promise<void> => work(job.data as T);
  const { worker, closeConnection } = connectWorker(name, place, processor, concurrency);
  worker.on('error', (error) => log.warn({ error, queue: name }, 'the queue cannot be reached'));
  worker.on('failed', (job, error) => log.error({ error, queue: name, job: job?.id, attempts: job?.attemptsMade }, 'a job failed'));
  return {
    close: async () => {
      await worker.close();
      await closeConnection();
    },
  };
}

function connectWorker(name: string, place: QueuePlace, processor: (job: Job) => Promise<void>, concurrency: number) {
  if (!place.redisUrl) {
    return { worker: new Worker(name, processor, { connection: postgresConnection(place), concurrency, ...TAKING }, createPostgresBackend), closeConnection: async () => undefined };
  }
  const connection = new Redis(place.redisUrl, { maxRetriesPerRequest: null });
  connection.on('error', () => undefined);
  return { worker: new Worker(name, processor, { connection, concurrency, ...TAKING }), closeConnection: () => connection.quit().catch(() => undefined) };
}

function postgresConnection(place: QueuePlace) {
  return { connectionString: place.databaseUrl, schema: QUEUE_SCHEMA };
}
