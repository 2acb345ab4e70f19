import type { ChatRequest } from '../chat-form.js';
import type { Field } from '../field-rules.js';
import { jsonMeans, mustCallTool } from './json-answer.js';
import type { JsonMeans } from './json-answer.js';
import { modelTraits } from './model-traits.js';
import type { Thinking } from './write-thinking.js';
import { writeThinking } from './write-thinking.js';
import { writeMessages, writeSystem } from './write-messages.js';
import { writeTools } from './write-tools.js';

export interface WrittenRequest {
  body: object;
  usedExtras: string[];
  /** Fields that this model takes, only not in this company. */
  dropped: Field[];
}

export function writeRequest(request: ChatRequest): WrittenRequest {
  const means = jsonMeans(request);
  const thinking = writeThinking(request, means.by === 'tool' || mustCallTool(request));
  const system = writeSystem(request.messages);
  if (means.by === 'instruction') system.push({ type: 'text', text: means.sentence });
  const { members: sampling, dropped } = writeSampling(request, thinking);
  const { members: extras, used } = writeExtras(request, thinking);
  const body = {
    model: request.model,
    max_tokens: mostTokens(request, thinking),
    ...(system.length > 0 ? { system } : {}),
    messages: writeMessages(request),
    ...writeTools(request, means),
    ...sampling,
    ...(thinking.thinking ? { thinking: thinking.thinking } : {}),
    ...outputConfig(means, thinking),
    ...(request.user === undefined ? {} : { metadata: { user_id: request.user } }),
    ...extras,
    ...(request.stream ? { stream: true } : {}),
  };
  return { body, usedExtras: used, dropped: thinking.isDropped ? [...dropped, 'reasoning_effort'] : dropped };
}

/** A plain answer longer than this outlasts the time that one may take. */
const LONGEST_UNASKED = 32_000;

/**
 * The API wants a limit in every case: the caller's, else as much as the model can write, up to 32,000. A thinking budget counts
 * inside the limit and must be smaller: where it is not, it comes on top.
 */
function mostTokens({ model, maxTokens }: ChatRequest, { budget }: Thinking): number {
  const { isClaude, mostOutput } = modelTraits(model);
  const asked = maxTokens ?? Math.min(mostOutput, LONGEST_UNASKED);
  if (asked > budget) return asked;
  return isClaude ? Math.min(asked + budget, mostOutput) : asked + budget;
}

function writeSampling(request: ChatRequest, { isOn }: Thinking): { members: object; dropped: Field[] } {
  const { isClaude } = modelTraits(request.model);
  const stop = request.stop?.filter((each) => each.trim() !== '') ?? [];
  const set: Partial<Record<Field, object>> = {
    ...(request.temperature === undefined ? {} : { temperature: { temperature: Math.min(1, Math.max(0, request.temperature)) } }),
    ...(request.topP === undefined ? {} : { top_p: { top_p: request.topP } }),
    ...(request.topK === undefined ? {} : { top_k: { top_k: request.topK } }),
    ...(stop.length === 0 ? {} : { stop: { stop_sequences: stop } }),
  };
  const dropped: Field[] = [];
  // A thinking Claude takes none of the three; the others take temperature or top_p, not both.
  if (isClaude && isOn) dropped.push('temperature', 'top_p', 'top_k');
  else if (isClaude && set.temperature) dropped.push('top_p');
  const left = dropped.filter((field) => set[field] !== undefined);
  const members = Object.assign({}, ...Object.entries(set).map(([field, member]) => (left.includes(field as Field) ? {} : member))) as object;
  // Stop sequences of white space alone are refused.
  return { members, dropped: stop.length === (request.stop?.length ?? 0) ? left : [...left, 'stop'] };
}

function outputConfig(means: JsonMeans, { effort }: Thinking): object {
  if (effort === undefined && means.by !== 'schema') return {};
  const format = means.by === 'schema' ? { format: { type: 'json_schema', schema: means.schema } } : {};
  return { output_config: { ...(effort === undefined ? {} : { effort }), ...format } };
}

/** OpenAI's names of the tiers that exist here. */
const TIERS: ReadonlyMap<unknown, string> = new Map([
  ['auto', 'auto'],
  ['default', 'standard_only'],
  ['standard_only', 'standard_only'],
]);
/** Members of this API that no other one has under the same name. */
const OWN_MEMBERS = ['cache_control', 'inference_geo'];

function writeExtras({ extras, reasoning }: ChatRequest, { thinking }: Thinking): { members: object; used: string[] } {
  const tier = TIERS.get(extras['service_tier']);
  const own = OWN_MEMBERS.filter((name) => extras[name] !== undefined);
  const members = { ...Object.fromEntries(own.map((name) => [name, extras[name]])), ...(tier === undefined ? {} : { service_tier: tier }) };
  return { members, used: [...own, ...(tier === undefined ? [] : ['service_tier']), ...(thinking && !reasoning ? ['thinking'] : [])] };
}
