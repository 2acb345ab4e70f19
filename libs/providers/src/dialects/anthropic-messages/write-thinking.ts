import type { ChatRequest, Effort, ReasoningWish } from '../chat-form.js';
import { effortOf, nearestEffort } from '../effort.js';
import { asObject, numberAt } from '../members.js';
import { modelTraits } from './model-traits.js';
import type { ModelTraits } from './model-traits.js';

/** What a request says about thinking. */
export interface Thinking {
  thinking?: Record<string, unknown>;
  effort?: Effort;
  /** In tokens, inside max_tokens; 0 without one. */
  budget: number;
  isOn: boolean;
  /** True when a wish had to be left out. */
  isDropped: boolean;
}

const SAYS_NOTHING: Thinking = { budget: 0, isOn: false, isDropped: false };
const SMALLEST_BUDGET = 1024;
/** For models that know budgets alone. */
const BUDGETS: Readonly<Record<Exclude<Effort, 'none'>, number>> = { minimal: SMALLEST_BUDGET, low: 2048, medium: 8192, high: 16_384, xhigh: 24_576 };

/** @param isForced a tool must be called, which excludes thinking by budget */
export function writeThinking(request: ChatRequest, isForced: boolean): Thinking {
  const wish = request.reasoning;
  const traits = modelTraits(request.model);
  if (!wish) return fromExtras(request);
  if (traits.thinking === 'none') return SAYS_NOTHING;
  if (wish.effort === 'none' || wish.budget === 0) return without(traits);
  if (traits.thinking === 'adaptive') return adaptive(traits, wish);
  if (isForced) return { ...SAYS_NOTHING, isDropped: true };
  const asked = wish.budget !== undefined && wish.budget > 0 ? wish.budget : BUDGETS[wish.effort ?? 'medium'];
  const budget = Math.max(SMALLEST_BUDGET, traits.isClaude ? Math.min(asked, traits.mostOutput - SMALLEST_BUDGET) : asked);
  return { thinking: { type: 'enabled', budget_tokens: budget }, budget, isOn: true, isDropped: false };
}

/** Callers of OpenAI's dialect put this API's own `thinking` beside OpenAI's fields when they know whom they talk to. */
function fromExtras({ extras }: ChatRequest): Thinking {
  const thinking = asObject(extras['thinking']);
  if (!thinking) return SAYS_NOTHING;
  return { ...SAYS_NOTHING, thinking, budget: numberAt(thinking, 'budget_tokens') ?? 0, isOn: thinking['type'] !== 'disabled' };
}

function without({ thinking, withoutThinking }: ModelTraits): Thinking {
  if (thinking === 'adaptive' && withoutThinking === 'low-effort') return { ...SAYS_NOTHING, effort: 'low' };
  const isOn = thinking === 'adaptive' && withoutThinking === 'between_tools';
  return { ...SAYS_NOTHING, thinking: { type: isOn ? 'between_tools' : 'disabled' }, isOn };
}

/** What the API calls effort, where a model thinks as much as it finds right. */
const EFFORTS: readonly Effort[] = ['low', 'medium', 'high'];

function adaptive({ hasXhighEffort }: ModelTraits, wish: ReasoningWish): Thinking {
  // Negative budgets leave it to the model (Gemini).
  const effort = (wish.budget ?? 0) < 0 ? null : effortOf(wish);
  return {
    ...SAYS_NOTHING,
    thinking: { type: 'adaptive', ...(wish.isShown ? { display: 'summarized' } : {}) },
    ...(effort === null ? {} : { effort: nearestEffort(effort, hasXhighEffort ? [...EFFORTS, 'xhigh'] : EFFORTS) }),
    isOn: true,
  };
}
