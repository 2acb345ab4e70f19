import { has } from '../processes.js';
import { ownLoad } from './own-load.js';
import { wrkLoad } from './wrk-load.js';

export interface LoadOptions {
  url: string;
  headers: Record<string, string>;
  body: string;
  connections: number;
  seconds: number;
  folder: string;
}

export interface LoadResult {
  requests: number;
  seconds: number;
  p50Us: number;
  p99Us: number;
  /** Answers that were not 2xx, connections that broke, calls that timed out. */
  failures: number;
}

export const LOAD_GENERATOR = has('wrk') ? 'wrk, 1 thread' : 'undici in this process (wrk is not installed; absolute numbers are lower than with it)';

/** As many requests as fit through `connections` connections in a time, each sent when the last was answered. */
export const load: (options: LoadOptions) => Promise<LoadResult> = has('wrk') ? wrkLoad : ownLoad;
