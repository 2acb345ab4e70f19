import type { Effort, ReasoningWish } from '../chat-form.js';
import { effortOf } from '../effort.js';
import { isProModel, knowsMinimal, modelFamily } from './model-family.js';

/** The thinkingConfig that comes closest to a wish; undefined when there is nothing to say. */
export function writeThinking(wish: ReasoningWish, model: string): object | undefined {
  const { thinking } = modelFamily(model);
  const amount = thinking === 'level' ? writeLevel(wish, model) : thinking === 'budget' ? writeBudget(wish, model) : {};
  const config = { ...amount, ...(wish.isShown === undefined || thinking === null ? {} : { includeThoughts: wish.isShown }) };
  return Object.keys(config).length === 0 ? undefined : config;
}

const LEVELS: Readonly<Record<Effort, string>> = { none: 'MINIMAL', minimal: 'MINIMAL', low: 'LOW', medium: 'MEDIUM', high: 'HIGH', xhigh: 'HIGH' };

/** These models cannot stop thinking; the lowest level is what comes closest. */
function writeLevel(wish: ReasoningWish, model: string): object {
  const wanted = effortOf(wish);
  if (wanted === null) return {};
  const level = LEVELS[wanted];
  return { thinkingLevel: level === 'MINIMAL' && !knowsMinimal(model) ? 'LOW' : level };
}

/** What Google's own OpenAI-compatible endpoint makes of an effort, in tokens. */
const BUDGETS: Readonly<Record<Effort, number>> = { none: 0, minimal: 1_024, low: 1_024, medium: 8_192, high: 24_576, xhigh: 32_768 };

function writeBudget({ effort, budget }: ReasoningWish, model: string): object {
  const wanted = budget ?? (effort === undefined ? undefined : BUDGETS[effort]);
  if (wanted === undefined) return {};
  const [least, most] = isProModel(model) ? [128, 32_768] : /flash-lite/i.test(model) ? [512, 24_576] : [0, 24_576];
  // Only the pro models cannot be told to leave it.
  const isOff = wanted === 0 && !isProModel(model);
  return { thinkingBudget: isOff ? 0 : Math.min(most, Math.max(least, wanted)) };
}
