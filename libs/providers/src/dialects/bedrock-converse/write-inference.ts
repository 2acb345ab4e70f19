import type { ChatRequest } from '../chat-form.js';
import type { Field } from '../field-rules.js';
import { isClaude, topKField } from './model-family.js';
import type { WrittenReasoning } from './write-reasoning.js';
import type { ConverseBody } from './wire.js';

export interface WrittenInference {
  inferenceConfig: NonNullable<ConverseBody['inferenceConfig']>;
  modelFields: Record<string, unknown>;
  /** Fields that this model takes, only not in this company. */
  dropped: Field[];
}

export function writeInference(request: ChatRequest, reasoning: WrittenReasoning): WrittenInference {
  const { maxTokens, temperature, topP, topK, model } = request;
  const dropped = conflicting(request, reasoning);
  const takes = (field: Field, value: unknown): boolean => value !== undefined && !dropped.includes(field);
  const stop = sequencesOf(request);
  return {
    inferenceConfig: {
      // A thinking budget must leave room for the answer, or the request is refused.
      ...(maxTokens === undefined ? {} : { maxTokens: maxTokens <= reasoning.budget ? reasoning.budget + maxTokens : maxTokens }),
      ...(takes('temperature', temperature) ? { temperature: Math.min(1, Math.max(0, temperature!)) } : {}),
      ...(takes('top_p', topP) ? { topP: topP! } : {}),
      ...(stop.length === 0 ? {} : { stopSequences: stop }),
    },
    modelFields: takes('top_k', topK) ? topKAt(topKField(model), topK!) : {},
    dropped: stop.length === (request.stop?.length ?? 0) ? dropped : [...dropped, 'stop'],
  };
}

/** A thinking Claude takes none of the three; the others take temperature or top_p, not both. */
function conflicting({ temperature, topP, topK, model }: ChatRequest, { excludesSampling }: WrittenReasoning): Field[] {
  if (!isClaude(model)) return [];
  const isSet: Partial<Record<Field, boolean>> = { temperature: temperature !== undefined, top_p: topP !== undefined, top_k: topK !== undefined };
  const excluded: Field[] = excludesSampling ? ['temperature', 'top_p', 'top_k'] : temperature === undefined ? [] : ['top_p'];
  return excluded.filter((field) => isSet[field]);
}

/** Claude refuses stop sequences of white space alone. */
function sequencesOf({ stop = [], model }: ChatRequest): string[] {
  return isClaude(model) ? stop.filter((each) => each.trim() !== '') : stop;
}

function topKAt(field: ReturnType<typeof topKField>, topK: number): Record<string, unknown> {
  if (field === null) return {};
  return field === 'inferenceConfig.topK' ? { inferenceConfig: { topK } } : { [field]: topK };
}
