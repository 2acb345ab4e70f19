import type { Meters } from '@byok/contracts';
import { mergeAnthropicUsage } from './dialects/anthropic-usage.js';
import { findUsage } from './find-usage.js';
import type { Found } from './find-usage.js';
import type { Dialect } from './endpoints.js';
import type { Provider } from './provider.js';
import { metersOf } from './usage-from-answer.js';

export interface StreamEnd {
  meters: Meters | null;
  sawTerminal: boolean;
  sawDone: boolean;
  errorSeen: boolean;
}

/** What was kept of a stream. */
export interface KeptBytes {
  /** Empty but for Anthropic's dialect, which tells the input there alone. */
  head: Buffer;
  tail: Buffer;
  /** The beginning of the last event, as far as it came in one piece; the tail may have lost it. */
  lastLine: Buffer;
}

export interface Line {
  from: number;
  to: number;
}

const NEWLINE = 0x0a;
const DATA = Buffer.from('data:');
const DONE = Buffer.from('[DONE]');
const MESSAGE_START = Buffer.from('"message_start"');
const ERROR_NAME = Buffer.from('"error"');
const FAILED = Buffer.from('response.failed');
/** Events looked at from the end; usage, finish and terminal are within the last few. */
const EVENTS_READ = 8;
/** Usage stands in the event itself or one object further in (`response`, `message`, `x_groq`). */
const DEEPEST_USAGE = 2;

/** What the kept beginning and end of a stream say: usage, and whether it ended as its dialect ends. */
export function readStreamEnd(provider: Provider, dialect: Dialect, { head, tail, lastLine }: KeptBytes): StreamEnd {
  const end: StreamEnd = { meters: null, sawTerminal: false, sawDone: false, errorSeen: false };
  let usage: Found | null = null;
  end.sawTerminal = isTerminal(dialect, lastLine, { from: 0, to: lastLine.length });
  // One of these words stands in every event that tells of an error, and in few others.
  const mayTellError = tail.includes(ERROR_NAME) || tail.includes(FAILED);
  for (const line of lastDataLines(tail)) {
    if (isDone(tail, line)) {
      end.sawDone = true;
      continue;
    }
    if (isTerminal(dialect, tail, line)) end.sawTerminal = true;
    if (mayTellError && isError(tail, line)) end.errorSeen = true;
    usage ??= findUsage(tail, line.from, line.to, DEEPEST_USAGE);
  }
  // Each dialect has its own last word; a [DONE] behind an Anthropic or Responses stream is a proxy's habit.
  if (dialect === 'openai-chat' || dialect === 'openai-completions') end.sawTerminal = end.sawDone;
  if (dialect === 'anthropic-messages') usage = mergeAnthropicUsage(startUsage(head), usage);
  end.meters = metersOf(provider, dialect, usage);
  return end;
}

/** The last data lines of the tail, latest first; the oldest one may have lost its beginning and then counts only if its usage did not. */
export function lastDataLines(tail: Buffer): Line[] {
  const lines: Line[] = [];
  let to = tail.length;
  while (to > 0 && lines.length < EVENTS_READ) {
    const newline = tail.lastIndexOf(NEWLINE, to - 1);
    const from = newline + 1;
    if (isData(tail, from, to)) lines.push({ from: from + DATA.length, to });
    else if (newline === -1) lines.push({ from, to });
    if (newline === -1) break;
    to = newline;
  }
  return lines;
}

function isData(tail: Buffer, from: number, to: number): boolean {
  return to - from >= DATA.length && tail.compare(DATA, 0, DATA.length, from, from + DATA.length) === 0;
}

function isDone(tail: Buffer, line: Line): boolean {
  const at = skipSpaces(tail, line);
  return line.to - at >= DONE.length && tail.compare(DONE, 0, DONE.length, at, at + DONE.length) === 0;
}

function skipSpaces(tail: Buffer, line: Line): number {
  let at = line.from;
  while (at < line.to && tail[at] === 0x20) at += 1;
  return at;
}

const TYPES = { 'anthropic-messages': /"type" ?: ?"message_stop"/, 'openai-responses': /"type" ?: ?"response\.(?:completed|failed|incomplete)"/ } as const;
const ERROR_TYPE = /^ ?\{ ?"(?:type" ?: ?"(?:error|response\.failed)"|error" ?: ?[{"]|code" ?:[^{}]{1,200}"error" ?: ?")/;
/** The type stands at the beginning of an event. */
const TYPE_WITHIN = 400;

function isTerminal(dialect: Dialect, tail: Buffer, line: Line): boolean {
  const pattern = dialect === 'anthropic-messages' || dialect === 'openai-responses' ? TYPES[dialect] : null;
  if (!pattern) return false;
  return pattern.test(tail.toString('latin1', line.from, Math.min(line.to, line.from + TYPE_WITHIN)));
}

/** An error event, or an event with an error member that is not null (OpenRouter puts one beside `choices`). */
function isError(tail: Buffer, line: Line): boolean {
  const start = tail.toString('latin1', line.from, Math.min(line.to, line.from + TYPE_WITHIN));
  if (ERROR_TYPE.test(start)) return true;
  const at = tail.indexOf(ERROR_NAME, line.from);
  if (at === -1 || at >= line.to || tail[at - 1] === 0x5c || line.to - line.from > 16 * 1024) return false;
  return hasError(tail.toString('utf8', line.from, line.to));
}

function hasError(event: string): boolean {
  try {
    const { error } = JSON.parse(event) as { error?: unknown };
    return error !== undefined && error !== null;
  } catch {
    // A cut event; the missing terminal tells that story.
    return false;
  }
}

/** The input side, which only the first event of an Anthropic stream is sure to tell. */
function startUsage(head: Buffer): Found | null {
  const at = head.indexOf(MESSAGE_START);
  if (at === -1) return null;
  const newline = head.indexOf(NEWLINE, at);
  return findUsage(head, at, newline === -1 ? head.length : newline, DEEPEST_USAGE);
}
