import type { ChatWire } from '../../chat-wire.js';
import type { ChatRequest, ReasoningWish } from '../chat-form.js';
import { effortOf, nearestEffort } from '../effort.js';
import { onlySet } from '../only-set.js';

/** These models would refuse the tools otherwise. */
export function silencesReasoning(request: ChatRequest, wire: ChatWire): boolean {
  return wire.reasonsWithoutToolsOnly === true && request.tools !== undefined;
}

/** How much the model should think, in the provider's words. */
export function writeReasoningWish(request: ChatRequest, wire: ChatWire): object {
  if (silencesReasoning(request, wire)) return { reasoning_effort: 'none' };
  const wish = request.reasoning;
  if (!wish) return {};
  if (wire.reasoningWish === 'reasoning') return reasoningObject(wish);
  const effort = effortOf(wish);
  if (effort === null) return {};
  if (wire.reasoningWish === 'thinking') return { thinking: { type: effort === 'none' ? 'disabled' : 'enabled' } };
  if (wire.reasoningWish === 'enable_thinking') return { enable_thinking: effort !== 'none', ...onlySet({ thinking_budget: wish.budget || undefined }) };
  return { reasoning_effort: wire.efforts ? nearestEffort(effort, wire.efforts) : effort };
}

function reasoningObject({ effort, budget, isShown }: ReasoningWish): object {
  const amount = effort === undefined ? onlySet({ max_tokens: budget === 0 ? undefined : budget, enabled: budget === 0 ? false : undefined }) : { effort };
  return { reasoning: { ...amount, ...onlySet({ exclude: isShown === undefined ? undefined : !isShown }) } };
}
