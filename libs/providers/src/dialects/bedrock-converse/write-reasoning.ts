import type { ChatRequest, Effort, ReasoningWish } from '../chat-form.js';
import { effortOf, nearestEffort } from '../effort.js';
import { canReason, claudeTraits, familyOf } from './model-family.js';
import type { ClaudeTraits } from './model-family.js';

/** The model's own fields for how much it shall think; empty when the caller did not say. */
export function reasoningFields({ model, reasoning }: ChatRequest): Record<string, unknown> {
  if (!reasoning || !canReason(model)) return {};
  const effort = effortOf(reasoning);
  switch (familyOf(model)) {
    case 'claude':
      return claudeFields(reasoning, effort, claudeTraits(model));
    case 'nova':
      return { reasoningConfig: effort === 'none' ? { type: 'disabled' } : { type: 'enabled', maxReasoningEffort: nearestEffort(effort ?? 'medium', THREE_STEPS) } };
    case 'gpt-oss':
      return effort === null ? {} : { reasoning_effort: nearestEffort(effort, THREE_STEPS) };
    case 'gpt':
      return effort === null ? {} : { reasoning: { effort } };
    case 'cohere':
    case 'mistral':
    case 'other':
      return {};
  }
}

/** True when a Claude is asked to think, and so refuses to be forced to a tool. */
export function isThinking(request: ChatRequest): boolean {
  const { thinking } = reasoningFields(request) as { thinking?: { type: string } };
  return thinking !== undefined && thinking.type !== 'disabled';
}

/** The thinking budget of a Claude that thinks by budget; null for all others. */
export function thinkingBudget(request: ChatRequest): number | null {
  const { thinking } = reasoningFields(request) as { thinking?: { budget_tokens?: number } };
  return thinking?.budget_tokens ?? null;
}

const THREE_STEPS: readonly Effort[] = ['low', 'medium', 'high'];
const FOUR_STEPS: readonly Effort[] = [...THREE_STEPS, 'xhigh'];

function claudeFields(wish: ReasoningWish, effort: Effort | null, traits: ClaudeTraits): Record<string, unknown> {
  if (effort === 'none') return traits.canStopThinking ? { thinking: { type: 'disabled' } } : { output_config: { effort: 'low' } };
  if (traits.thinking === 'budget') return { thinking: { type: 'enabled', budget_tokens: Math.max(BUDGETS.minimal, wish.budget ?? BUDGETS[effort ?? 'medium']) } };
  return {
    thinking: { type: 'adaptive', ...(wish.isShown === undefined ? {} : { display: wish.isShown ? 'summarized' : 'omitted' }) },
    ...(effort === null ? {} : { output_config: { effort: nearestEffort(effort, traits.takesXhighEffort ? FOUR_STEPS : THREE_STEPS) } }),
  };
}

/** From the smallest budget that Claude takes to one that leaves room in the 32,000 tokens that the smaller ones may give. */
const BUDGETS: Readonly<Record<Exclude<Effort, 'none'>, number>> = { minimal: 1024, low: 2048, medium: 8192, high: 16_384, xhigh: 24_576 };
