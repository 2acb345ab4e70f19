import { writeThinking } from '../anthropic-messages/write-thinking.js';
import type { ChatRequest, Effort } from '../chat-form.js';
import { effortOf, nearestEffort } from '../effort.js';
import { canReason, familyOf, isClaude } from './model-family.js';

/** How much the model shall think, in its own fields, and what follows for the rest of the request. */
export interface WrittenReasoning {
  modelFields: Record<string, unknown>;
  /** In tokens, inside the limit of the answer; 0 without one. */
  budget: number;
  /** A Claude that thinks takes no sampling parameters. */
  excludesSampling: boolean;
  /** True when the wish had to be left out. */
  isDropped: boolean;
}

const NOTHING: WrittenReasoning = { modelFields: {}, budget: 0, excludesSampling: false, isDropped: false };
const STEPS: readonly Effort[] = ['low', 'medium', 'high'];

/** @param isForced a tool must be called, which excludes thinking by budget */
export function writeReasoning(request: ChatRequest, isForced: boolean): WrittenReasoning {
  const { model, reasoning } = request;
  if (isClaude(model)) return ofClaude(request, isForced);
  if (!reasoning || !canReason(model)) return NOTHING;
  const effort = effortOf(reasoning);
  switch (familyOf(model)) {
    case 'nova':
      return { ...NOTHING, modelFields: { reasoningConfig: effort === 'none' ? { type: 'disabled' } : { type: 'enabled', maxReasoningEffort: nearestEffort(effort ?? 'medium', STEPS) } } };
    case 'gpt-oss':
      return effort === null ? NOTHING : { ...NOTHING, modelFields: { reasoning_effort: nearestEffort(effort, STEPS) } };
    case 'gpt':
      return effort === null ? NOTHING : { ...NOTHING, modelFields: { reasoning: { effort } } };
    case 'claude':
    case 'cohere':
    case 'mistral':
    case 'other':
      return NOTHING;
  }
}

/** Claude takes the fields of its own API here. */
function ofClaude(request: ChatRequest, isForced: boolean): WrittenReasoning {
  const { thinking, effort, budget, isOn, isDropped } = writeThinking(request, isForced);
  return { modelFields: { ...(thinking ? { thinking } : {}), ...(effort === undefined ? {} : { output_config: { effort } }) }, budget, excludesSampling: isOn, isDropped };
}
