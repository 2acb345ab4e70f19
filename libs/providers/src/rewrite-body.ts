import type { BodyScan } from './scan-body.js';

export interface BodyChanges {
  model?: string;
  /** true: make sure that `stream_options.include_usage` is true. */
  includeUsage?: boolean;
}

/** The same bytes with only those values changed; the same Buffer when nothing changes. */
export declare function rewriteBody(body: Buffer, scan: BodyScan, changes: BodyChanges): Buffer;
