import type { Meters, UsageEvent } from '@byok/contracts';
import { asciiJson } from '../ascii-json.js';
import { estimatedMeters } from '../estimated-tokens.js';

/** The part of a usage event that is known before the provider is called. */
export type UsageStart = Pick<
  UsageEvent,
  'requestId' | 'attempt' | 'orgId' | 'groupId' | 'userId' | 'tokenId' | 'keyId' | 'keyVersion' | 'keyOwner' | 'keyOwnerId' | 'provider' | 'model' | 'endpoint' | 'stream' | 'startedAt'
> & { eventId: string; tags: Readonly<Record<string, string>> };

/** The part that is known when the attempt is over. */
export type UsageEnd = Pick<UsageEvent, 'outcome' | 'httpStatus' | 'errorCode' | 'meters' | 'usageSource' | 'estimated' | 'firstByteAt' | 'endedAt' | 'cache'>;

const INTENT_MARK = '{"t":"intent"';
const OUTCOME_MARK = '{"t":"outcome","event":';

/** What tells one call from the next. */
export type Varying = Pick<UsageStart, 'eventId' | 'requestId' | 'attempt' | 'stream' | 'startedAt'>;

/**
 * The start as JSON fields without braces, written once and used in both lines: what varies, which never holds a character that
 * JSON escapes, and what `sameFields` made of the rest.
 */
export function startFields({ eventId, requestId, attempt, stream, startedAt }: Varying, same: string): string {
  return `"v":1,"eventId":"${eventId}","requestId":"${requestId}","attempt":${attempt},"stream":${stream},"startedAt":${startedAt},${same}`;
}

/** The part that is the same for every call of a caller with an attempt, to be made once for many of them. */
export function sameFields(start: Omit<UsageStart, keyof Varying>): string {
  const { orgId, groupId, userId, tokenId, keyId, keyVersion, keyOwner, keyOwnerId, provider, model, endpoint, tags } = start;
  const tagsIfAny = Object.keys(tags).length > 0 ? { tags } : undefined;
  return asciiJson({ orgId, groupId, userId, tokenId, keyId, keyVersion, keyOwner, keyOwnerId, provider, model, endpoint, ...tagsIfAny }).slice(1, -1);
}

/** Of most calls only two of them say anything. */
const NOTHING_ELSE = '"cacheRead":0,"cacheWrite5m":0,"cacheWrite1h":0,"reasoning":0,"audioIn":0,"audioOut":0';

function metersJson({ inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning, audioIn, audioOut, imageIn, imageOut }: Meters): string {
  const isPlain = cacheRead + cacheWrite5m + cacheWrite1h + reasoning + audioIn + audioOut === 0;
  const others = isPlain ? NOTHING_ELSE : `"cacheRead":${cacheRead},"cacheWrite5m":${cacheWrite5m},"cacheWrite1h":${cacheWrite1h},"reasoning":${reasoning},"audioIn":${audioIn},"audioOut":${audioOut}`;
  const images = (imageIn === undefined ? '' : `,"imageIn":${imageIn}`) + (imageOut === undefined ? '' : `,"imageOut":${imageOut}`);
  return `{"inputUncached":${inputUncached},"output":${output},${others}${images}}`;
}

function idOrNull(id: string | null): string {
  return id === null ? 'null' : `"${id}"`;
}

/** The line that is on disk before the provider hears of the call. */
export function intentLine(fields: string, requestBytes: number): string {
  return `${INTENT_MARK},"bytes":${requestBytes},"event":{${fields}}}\n`;
}

/** The line that closes an intent; it is a whole usage event, so that shipping needs no other line. */
export function outcomeLine(fields: string, end: UsageEnd): string {
  return (
    `${OUTCOME_MARK}{${fields},"outcome":"${end.outcome}","httpStatus":${end.httpStatus},"errorCode":${idOrNull(end.errorCode)},` +
    `"meters":${end.meters === null ? 'null' : metersJson(end.meters)},"usageSource":"${end.usageSource}","estimated":${end.estimated},` +
    `"firstByteAt":${end.firstByteAt},"endedAt":${end.endedAt}${end.cache === undefined ? '' : `,"cache":"${end.cache}"`}}}\n`
  );
}

export function isIntentLine(line: string): boolean {
  return line.startsWith(INTENT_MARK);
}

/** Where the event begins in an outcome line; behind it is one closing brace. */
export const EVENT_AT = OUTCOME_MARK.length;

/** True for a line that holds a finished event, from its bytes alone. What the event is worth is for its consumer to say. */
export function isOutcomeAt(bytes: Uint8Array, start: number, end: number): boolean {
  return isAt(OUTCOME_BYTES, bytes, start, end) && end - start > EVENT_AT + 1;
}

/** True for a line that holds nothing for a reader of events: an intent or a trial. */
export function isSilentAt(bytes: Uint8Array, start: number, end: number): boolean {
  return isAt(INTENT_BYTES, bytes, start, end) || (end - start === TRIAL_BYTES.length && isAt(TRIAL_BYTES, bytes, start, end));
}

/** The byte that tells the kinds apart comes first: most lines of another kind are known by it. */
function isAt(mark: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start + KIND_AT] !== mark[KIND_AT] || end - start < mark.length) return false;
  for (let at = 0; at < mark.length; at++) if (bytes[start + at] !== mark[at]) return false;
  return true;
}

/** Written to find out whether the disk takes records again; means nothing to a reader. */
export const TRIAL_LINE = '{"t":"trial"}\n';

const [INTENT_BYTES, OUTCOME_BYTES, TRIAL_BYTES] = [INTENT_MARK, OUTCOME_MARK, TRIAL_LINE.trimEnd()].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];
/** i, o or t of the kind's name. */
const KIND_AT = '{"t":"'.length;

export function isTrialLine(line: string): boolean {
  return line.length === TRIAL_LINE.length - 1 && TRIAL_LINE.startsWith(line);
}

export interface Intent {
  start: UsageStart;
  requestBytes: number;
}

/** An intent as it was written, or undefined for a torn or foreign line. */
export function parseIntent(line: string): Intent | undefined {
  const record = parseRecord(line) as { bytes?: unknown; event?: Omit<UsageStart, 'tags'> & Partial<UsageStart> } | undefined;
  if (typeof record?.bytes !== 'number' || typeof record.event?.eventId !== 'string') return undefined;
  return { start: { ...record.event, tags: record.event.tags ?? {} }, requestBytes: record.bytes };
}

/** A finished event, or undefined for a torn or foreign line. Not checked further: we wrote it, and its consumer checks. */
export function parseOutcome(line: string): UsageEvent | undefined {
  const record = parseRecord(line) as { t?: unknown; event?: UsageEvent } | undefined;
  return record?.t === 'outcome' && typeof record.event?.eventId === 'string' ? record.event : undefined;
}

function parseRecord(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What is written for an attempt whose gateway died: the provider may have charged for the request it was sent. */
export function crashedEnd(requestBytes: number, now: number): UsageEnd {
  return {
    outcome: 'crashed',
    httpStatus: null,
    errorCode: null,
    meters: estimatedMeters(requestBytes, 0),
    usageSource: 'counted',
    estimated: true,
    firstByteAt: null,
    endedAt: now,
  };
}
