import { metersOfGemini } from './dialects/gemini-usage.js';
import { USAGE_METADATA, findUsage, openAfter } from './find-usage.js';
import type { Found } from './find-usage.js';
import { lastDataLines } from './read-stream-end.js';
import type { Line, StreamEnd } from './read-stream-end.js';

const FINISH_REASON = Buffer.from('"finishReason"');
const CLOSING_BRACE = 0x7d;
/** Around a finishReason stand its candidate, the list of them and the event. */
const FINISH_DEPTH = 3;
/** Usage is a member of the event itself. */
const DEEPEST_USAGE = 1;

/** What the kept end of a Gemini stream says. There is no last word: it is whole when its last event with a candidate finishes one. */
export function readGeminiEnd(tail: Buffer): Omit<StreamEnd, 'sawDone'> {
  const end = { meters: null as StreamEnd['meters'], sawTerminal: false, errorSeen: false };
  let isDecided = false;
  for (const line of lastDataLines(tail)) {
    const event = parse(tail, line);
    const usage = event ? event['usageMetadata'] : findUsage(tail, line.from, line.to, DEEPEST_USAGE, USAGE_METADATA);
    end.meters ??= isRecord(usage) ? metersOfGemini(usage) : null;
    if (event && isRecord(event['error'])) end.errorSeen = true;
    if (isDecided || (event && isAside(event))) continue;
    isDecided = true;
    end.sawTerminal = event ? isFinal(event) : isFinalByBytes(tail, line);
  }
  return end;
}

/** null when the event is cut, or so long that the tail lost its beginning. */
function parse(tail: Buffer, line: Line): Found | null {
  try {
    const event = JSON.parse(tail.toString('utf8', line.from, line.to)) as unknown;
    return isRecord(event) ? event : null;
  } catch {
    // Not a whole event: its bytes are looked at instead.
    return null;
  }
}

/** Usage alone may follow the last candidate. */
function isAside(event: Found): boolean {
  return event['candidates'] === undefined && event['promptFeedback'] === undefined && event['error'] === undefined;
}

function isFinal(event: Found): boolean {
  const { candidates, promptFeedback } = event;
  if (isRecord(promptFeedback) && typeof promptFeedback['blockReason'] === 'string') return true;
  return Array.isArray(candidates) && candidates.some((candidate) => isRecord(candidate) && typeof candidate['finishReason'] === 'string');
}

/** The end of an event whose beginning is lost: a finishReason, with exactly what stands around it closed behind it. */
function isFinalByBytes(tail: Buffer, line: Line): boolean {
  let last = line.to - 1;
  while (last > line.from && tail[last]! <= 0x20) last -= 1;
  const at = tail.lastIndexOf(FINISH_REASON, last);
  return line.from === 0 && tail[last] === CLOSING_BRACE && at >= line.from && openAfter(tail, at + FINISH_REASON.length, line.to) === FINISH_DEPTH;
}

function isRecord(value: unknown): value is Found {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
