import type { ChatRequest, Effort, ReasoningWish } from '../chat-form.js';
import { expectNumber, expectObject, invalid } from './expect-shape.js';

/** `thinking` and `output_config.effort` as one wish. */
export function readReasoning(thinking: unknown, effort: unknown): Pick<ChatRequest, 'reasoning'> {
  const wish = { ...readEffort(effort), ...readThinking(thinking) };
  return Object.keys(wish).length > 0 ? { reasoning: wish } : {};
}

/** The highest of this dialect is the highest of all. */
const EFFORTS: ReadonlyMap<unknown, Effort> = new Map<unknown, Effort>([['low', 'low'], ['medium', 'medium'], ['high', 'high'], ['xhigh', 'xhigh'], ['max', 'xhigh']]);

function readEffort(value: unknown): ReasoningWish {
  if (value === undefined || value === null) return {};
  const effort = EFFORTS.get(value);
  if (effort === undefined) throw invalid('output_config.effort', '"low", "medium", "high", "xhigh" or "max"');
  return { effort };
}

function readThinking(value: unknown): ReasoningWish {
  if (value === undefined || value === null) return {};
  const thinking = expectObject(value, 'thinking');
  const isShown = thinking['display'] !== 'omitted';
  switch (thinking['type']) {
    case 'enabled':
      return { budget: expectNumber(thinking['budget_tokens'], 'thinking.budget_tokens'), isShown };
    case 'adaptive':
      return { isShown };
    case 'between_tools':
      return { effort: 'minimal' };
    case 'disabled':
      return { effort: 'none' };
    default:
      throw invalid('thinking.type', '"enabled", "adaptive" or "disabled"');
  }
}
