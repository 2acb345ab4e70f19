import { skipSpace } from './json-scan.js';
import type { BodyScan } from './scan-body.js';

export interface BodyChanges {
  model?: string;
  /** true: make sure that `stream_options.include_usage` is true. */
  includeUsage?: boolean;
  /** A member that the body does not have yet, or has as null. */
  maxOutput?: { field: string; tokens: number };
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

/** The same bytes with only those values changed; the same Buffer when nothing changes. */
export function rewriteBody(body: Buffer, scan: BodyScan, changes: BodyChanges): Buffer {
  if (scan.isEmpty) return writeEmpty(body, changes);
  const edits: Edit[] = [];
  if (changes.model !== undefined && changes.model !== scan.model) edits.push(modelEdit(scan, changes.model));
  if (changes.includeUsage === true && !scan.includeUsage) edits.push(includeUsageEdit(body, scan));
  if (changes.maxOutput) edits.push(maxOutputEdit(scan, changes.maxOutput));
  if (edits.length === 0) return body;
  edits.sort((left, right) => left.start - right.start);

  const parts: Buffer[] = [];
  let position = 0;
  for (const { start, end, text } of edits) {
    parts.push(body.subarray(position, start), Buffer.from(text, 'utf8'));
    position = end;
  }
  parts.push(body.subarray(position));
  return Buffer.concat(parts);
}

function writeEmpty(body: Buffer, { model, includeUsage }: BodyChanges): Buffer {
  if (model === undefined && includeUsage !== true) return body;
  return Buffer.from(JSON.stringify({ model, ...(includeUsage === true ? { stream_options: { include_usage: true } } : {}) }));
}

function modelEdit(scan: BodyScan, model: string): Edit {
  if (scan.modelStart >= 0) return { start: scan.modelStart, end: scan.modelEnd, text: JSON.stringify(model) };
  return insertMember(scan.firstMember, `"model":${JSON.stringify(model)}`, false);
}

/** A null stands for every name of the field: writing a second one beside it would leave open which counts. */
function maxOutputEdit(scan: BodyScan, { field, tokens }: { field: string; tokens: number }): Edit {
  if (scan.nullMaxTokensStart >= 0) return { start: scan.nullMaxTokensStart, end: scan.nullMaxTokensEnd, text: String(tokens) };
  return insertMember(scan.firstMember, `"${field}":${tokens}`, false);
}

function includeUsageEdit(body: Buffer, scan: BodyScan): Edit {
  if (scan.includeUsageStart >= 0) return { start: scan.includeUsageStart, end: scan.includeUsageEnd, text: 'true' };
  if (scan.hasStreamOptions) {
    const isEmpty = body[skipSpace(body, scan.streamOptionsStart + 1)] === 0x7d;
    return insertMember(scan.streamOptionsStart + 1, '"include_usage":true', isEmpty);
  }
  if (scan.streamOptionsStart >= 0) return { start: scan.streamOptionsStart, end: scan.streamOptionsEnd, text: '{"include_usage":true}' };
  return insertMember(scan.firstMember, '"stream_options":{"include_usage":true}', false);
}

function insertMember(at: number, member: string, isOnlyMember: boolean): Edit {
  return { start: at, end: at, text: isOnlyMember ? member : `${member},` };
}
