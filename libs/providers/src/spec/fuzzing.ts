import { AppError } from '@byok/kernel';
import { Dice, mutateBytes, mutateJson, writeMutated } from './mutate.js';

export const RUNS = 10_000;
/** No single one may take longer than this, however busy the machine; each is a matter of less than a millisecond. */
const SLOWEST_MS = 10_000;

/** What so many runs find wrong; of each kind the first. Every run has its own dice, so one of them can be looked at alone. */
export function findings(runs: number, run: (dice: Dice, turn: number) => string | null): string[] {
  const found = new Map<string, string>();
  for (let turn = 0; turn < runs; turn += 1) {
    const began = performance.now();
    const wrong = run(new Dice(turn * 7_919 + 17), turn) ?? (performance.now() - began > SLOWEST_MS ? 'it took too long' : null);
    if (wrong !== null && !found.has(wrong)) found.set(wrong, `run ${turn}: ${wrong}`);
  }
  return [...found.values()].slice(0, 10);
}

/** Why it failed in another way than is allowed; null when it did not. */
export function crashOf(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof AppError) return null;
    const { name, message, stack } = error as Error;
    return `${name}: ${message.slice(0, 200)} at ${/([\w-]+\/[\w.-]+:\d+)/.exec((stack ?? '').slice(message.length))?.[1] ?? 'somewhere'}`;
  }
}

/** In its bytes, or in what it says. */
export function mutatedBody(body: Buffer, dice: Dice): Buffer {
  return dice.roll(4) === 0 ? mutateBytes(body, dice) : Buffer.from(writeMutated(mutateJson(JSON.parse(body.toString()), dice), dice));
}
