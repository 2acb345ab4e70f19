import type { ChatRequest } from '../chat-form.js';
import { asObject } from '../members.js';
import { answerTool } from './answer-tool.js';
import type { AnswerTool } from './answer-tool.js';
import { cachePoint } from './cache-point.js';
import { familyOf, topKField } from './model-family.js';
import { toolNames } from './tool-names.js';
import type { ConverseBody } from './wire.js';
import { writeMessages } from './write-messages.js';
import { reasoningFields, thinkingBudget } from './write-reasoning.js';
import { writeTools } from './write-tools.js';

/** The body of a Converse call. Its model and whether it streams are said by the path. */
export function writeRequest(request: ChatRequest): { body: ConverseBody; usedExtras: string[] } {
  const names = toolNames(request);
  const answer = answerTool(request, names);
  const system = writeSystem(request, answer);
  const inferenceConfig = writeInference(request);
  const { toolConfig, modelFields } = writeTools(request, names, answer);
  const extras = writeExtras(request);
  const own = { ...topK(request), ...reasoningFields(request), ...modelFields, ...extras.modelFields };
  const body: ConverseBody = {
    ...(system.length > 0 ? { system } : {}),
    messages: writeMessages(request, names),
    ...(Object.keys(inferenceConfig).length > 0 ? { inferenceConfig } : {}),
    ...(toolConfig ? { toolConfig } : {}),
    ...(Object.keys(own).length > 0 ? { additionalModelRequestFields: own } : {}),
    // Which sequence ended an answer is told only when asked for, and by Claude alone; in a stream it stands one level deeper.
    ...(familyOf(request.model) === 'claude' && (request.stop?.length ?? 0) > 0 ? { additionalModelResponseFieldPaths: ['/stop_sequence', '/delta/stop_sequence'] } : {}),
    ...extras.members,
  };
  return { body, usedExtras: extras.used };
}

function writeSystem({ messages, answerFormat, model }: ChatRequest, answer: AnswerTool | null): NonNullable<ConverseBody['system']> {
  const given = messages.flatMap((message) => (message.role === 'system' ? message.parts : []));
  const system: NonNullable<ConverseBody['system']> = given.flatMap(({ text, cache }) => (text.trim() === '' ? [] : [{ text }, ...cachePoint(cache, model)]));
  if (answer && !answer.isForced) system.push({ text: `Give your answer to the user by calling the tool ${answer.name}, never as text.` });
  if (answerFormat?.type === 'json-object') system.push({ text: 'Answer with one JSON object and nothing else: no other text, no code fence.' });
  return system;
}

function writeInference(request: ChatRequest): NonNullable<ConverseBody['inferenceConfig']> {
  const { maxTokens, temperature, topP, stop } = request;
  const budget = thinkingBudget(request);
  return {
    // A thinking budget must leave room for the answer, or the request is refused.
    ...(maxTokens === undefined ? {} : { maxTokens: budget !== null && maxTokens <= budget ? budget + maxTokens : maxTokens }),
    ...(temperature === undefined ? {} : { temperature: Math.min(1, Math.max(0, temperature)) }),
    ...(topP === undefined ? {} : { topP }),
    ...(stop === undefined || stop.length === 0 ? {} : { stopSequences: stop }),
  };
}

function topK({ model, topK }: ChatRequest): Record<string, unknown> {
  const field = topKField(model);
  if (topK === undefined || field === null) return {};
  return field === 'inferenceConfig.topK' ? { inferenceConfig: { topK } } : { [field]: topK };
}

interface WrittenExtras {
  members: Record<string, unknown>;
  modelFields: Record<string, unknown>;
  used: string[];
}

/** Converse's own members, which a caller who knows Bedrock may add to any dialect. */
const OWN_MEMBERS = ['guardrailConfig', 'performanceConfig', 'requestMetadata', 'serviceTier'];
const TIERS: Readonly<Record<string, object>> = { auto: {}, default: { serviceTier: { type: 'default' } }, flex: { serviceTier: { type: 'flex' } }, priority: { serviceTier: { type: 'priority' } } };

function writeExtras({ extras, model }: ChatRequest): WrittenExtras {
  const written: WrittenExtras = { members: {}, modelFields: {}, used: [] };
  for (const [name, value] of Object.entries(extras)) {
    const object = asObject(value);
    if (OWN_MEMBERS.includes(name) && object) written.members[name] = object;
    else if (name === 'additionalModelRequestFields' && object) Object.assign(written.modelFields, object);
    else if (name === 'service_tier' && typeof value === 'string' && Object.hasOwn(TIERS, value)) Object.assign(written.members, TIERS[value]);
    else if (name === 'anthropic_beta' && Array.isArray(value) && familyOf(model) === 'claude') written.modelFields['anthropic_beta'] = value;
    else continue;
    written.used.push(name);
  }
  return written;
}
