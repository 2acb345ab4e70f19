import { readFileSync } from 'node:fs';
import type { Log } from '@byok/platform';
import { isIntentLine, isTrialLine, parseIntent, parseOutcome, type Intent } from './records.js';
import { listSegments, segmentPath } from './segments.js';

/** Intents of an earlier process that nothing closed: it died while these attempts were running. */
export function findOpenIntents(folder: string, log: Log): Intent[] {
  const open = new Map<string, Intent>();
  for (const segment of listSegments(folder)) {
    for (const line of linesOf(segmentPath(folder, segment))) {
      const intent = isIntentLine(line) ? parseIntent(line) : undefined;
      const outcome = intent ? undefined : parseOutcome(line);
      if (intent) open.set(intent.start.eventId, intent);
      else if (outcome) open.delete(outcome.eventId);
      else if (!isTrialLine(line)) log.error({ segment }, 'a line of the spool cannot be read');
    }
  }
  return [...open.values()];
}

/** Complete lines only: after a power cut the last one may be torn. */
function linesOf(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  return lines;
}
