import { sumUsage, type WitnessRow } from '@byok/testing';
import type { UsageLine } from '../../e2e/support/world.js';
import type { Caller } from './company.js';

const FIGURES = ['requests', 'inputTokens', 'cachedTokens', 'outputTokens', 'reasoningTokens'] as const;

/** Where our report and the provider's own log differ, per caller and model; nothing when all is well. */
export function disagreements(lines: readonly UsageLine[], callers: readonly Caller[], witness: readonly WitnessRow[]): string[] {
  const calls = witness.filter((row) => row.method === 'POST');
  const models = [...new Set(calls.map((row) => row.model))];
  const wrong = callers.flatMap((caller) =>
    models.flatMap((model) => {
      const seen = sumUsage(calls.filter((row) => row.caller === caller.name && row.model === model));
      const reported = lines.filter((line) => line.token === caller.tokenId && line.model === model);
      return FIGURES.filter((figure) => sum(reported, figure) !== seen[figure]).map((figure) => `${caller.name}, ${model}, ${figure}: we say ${sum(reported, figure)}, the provider says ${seen[figure]}`);
    }),
  );
  return calls.length === sum(lines, 'requests') ? wrong : [...wrong, `we booked ${sum(lines, 'requests')} calls, the provider saw ${calls.length}`];
}

function sum(lines: readonly UsageLine[], figure: (typeof FIGURES)[number]): number {
  return lines.reduce((total, line) => total + line[figure], 0);
}
