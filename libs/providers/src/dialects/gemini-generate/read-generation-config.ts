import type { Found } from '../../find-usage.js';
import type { AnswerFormat, ChatRequest, Effort, ReasoningWish } from '../chat-form.js';
import { fromGeminiSchema } from './from-gemini-schema.js';
import { at, invalid, list, numberIn, objectAt, textIn, toCamel, unsupported } from './wire.js';

const PARAM = 'generationConfig';
const NUMBERS = { maxOutputTokens: 'maxTokens', temperature: 'temperature', topP: 'topP', topK: 'topK', seed: 'seed', frequencyPenalty: 'frequencyPenalty', presencePenalty: 'presencePenalty', candidateCount: 'n' } as const;
const READ = new Set([...Object.keys(NUMBERS), 'stopSequences', 'responseMimeType', 'responseSchema', 'responseJsonSchema', 'responseLogprobs', 'logprobs', 'thinkingConfig', 'responseModalities']);

/** How the answer should be made. What this form has no place for goes to the extras as `generationConfig.<name>`. */
export function readGenerationConfig(config: Found): { fields: Partial<ChatRequest>; extras: Record<string, unknown> } {
  refuseOtherModalities(config);
  const fields: Partial<ChatRequest> = {};
  for (const [name, field] of Object.entries(NUMBERS)) {
    const value = numberIn(config, name, `${PARAM}.${name}`);
    if (value !== undefined) fields[field] = value;
  }
  const stop = readStop(config);
  if (stop.length > 0) fields.stop = stop;
  const logprobs = numberIn(config, 'logprobs', `${PARAM}.logprobs`);
  if (at(config, 'responseLogprobs') === true) fields.logprobs = { top: logprobs ?? 0 };
  const answerFormat = readFormat(config);
  if (answerFormat) fields.answerFormat = answerFormat;
  const reasoning = readThinking(at(config, 'thinkingConfig'));
  if (reasoning) fields.reasoning = reasoning;
  const others = Object.entries(config).filter(([name, value]) => !READ.has(toCamel(name)) && value !== null);
  return { fields, extras: Object.fromEntries(others.map(([name, value]) => [`${PARAM}.${name}`, value])) };
}

/** Who asks for a picture or speech does not want a text about it. */
function refuseOtherModalities(config: Found): void {
  const other = list(at(config, 'responseModalities')).find((each) => each !== 'TEXT' && each !== 'MODALITY_UNSPECIFIED');
  if (other !== undefined) throw unsupported(`${PARAM}.responseModalities`, 'anything but text');
}

function readStop(config: Found): string[] {
  return list(at(config, 'stopSequences')).map((each) => {
    if (typeof each !== 'string') throw invalid(`${PARAM}.stopSequences`, 'must be a list of texts');
    return each;
  });
}

function readFormat(config: Found): AnswerFormat | undefined {
  const type = textIn(config, 'responseMimeType', `${PARAM}.responseMimeType`);
  const json = at(config, 'responseJsonSchema');
  const own = at(config, 'responseSchema');
  if (type !== undefined && type !== '' && type !== 'text/plain' && type !== 'application/json') throw unsupported(`${PARAM}.responseMimeType`, `an answer in this form`);
  if (json !== undefined) return { type: 'json-schema', name: 'response', schema: objectAt(json, `${PARAM}.responseJsonSchema`) };
  if (own !== undefined) return { type: 'json-schema', name: 'response', schema: fromGeminiSchema(objectAt(own, `${PARAM}.responseSchema`)) };
  return type === 'application/json' ? { type: 'json-object' } : undefined;
}

const EFFORTS: Readonly<Record<string, Effort>> = { MINIMAL: 'minimal', LOW: 'low', MEDIUM: 'medium', HIGH: 'high' };

function readThinking(given: unknown): ReasoningWish | undefined {
  if (given === undefined) return undefined;
  const param = `${PARAM}.thinkingConfig`;
  const config = objectAt(given, param);
  const level = textIn(config, 'thinkingLevel', `${param}.thinkingLevel`)?.toUpperCase();
  const effort = level === undefined ? undefined : EFFORTS[level];
  if (level !== undefined && level !== 'THINKING_LEVEL_UNSPECIFIED' && effort === undefined) throw invalid(`${param}.thinkingLevel`, 'must be MINIMAL, LOW, MEDIUM or HIGH');
  const budget = numberIn(config, 'thinkingBudget', `${param}.thinkingBudget`);
  const isShown = at(config, 'includeThoughts');
  const wish: ReasoningWish = {
    ...(effort === undefined ? {} : { effort }),
    // -1 leaves it to the model.
    ...(budget === undefined || budget < 0 ? {} : { budget }),
    ...(typeof isShown === 'boolean' ? { isShown } : {}),
  };
  return Object.keys(wish).length === 0 ? undefined : wish;
}
