import type { StreamPart } from '../dialects/answer-form.js';

/** What is wrong with the order of the parts that a reader told; null when nothing is. */
export function disorderIn(parts: readonly StreamPart[]): string | null {
  let hasStarted = false;
  const calls = new Set<string>();
  const finished = new Set<number>();
  for (const [at, part] of parts.entries()) {
    const isLast = at === parts.length - 1;
    if ((part.type === 'end' || part.type === 'error') && !isLast) return `${part.type} is followed by ${parts[at + 1]!.type}`;
    if (part.type === 'start' && hasStarted) return 'a second start';
    hasStarted ||= part.type === 'start';
    if (!hasStarted && 'choice' in part) return `${part.type} before the start`;
    const wrong = 'choice' in part ? disorderOf(part, calls, finished) : null;
    if (wrong !== null) return wrong;
  }
  return null;
}

type ChoicePart = Extract<StreamPart, { choice: number }>;

function disorderOf(part: ChoicePart, calls: Set<string>, finished: Set<number>): string | null {
  if (finished.has(part.choice)) return `${part.type} behind the finish of its choice`;
  if (part.type === 'finish') finished.add(part.choice);
  const call = 'tool' in part ? `${part.choice}/${part.tool}` : '';
  if (part.type === 'tool-arguments' && !calls.has(call)) return 'arguments of no call';
  if (part.type !== 'tool-call') return null;
  if (calls.has(call)) return 'two calls with one number';
  calls.add(call);
  return null;
}
