import { mustCallTool } from '../anthropic-messages/json-answer.js';
import type { ChatRequest } from '../chat-form.js';
import type { Field } from '../field-rules.js';
import { asObject } from '../members.js';
import { answerTool } from './answer-tool.js';
import type { AnswerTool } from './answer-tool.js';
import { cachePoint } from './cache-point.js';
import { isClaude } from './model-family.js';
import { toolNames } from './tool-names.js';
import type { ConverseBody } from './wire.js';
import { writeInference } from './write-inference.js';
import { writeMessages } from './write-messages.js';
import { writeReasoning } from './write-reasoning.js';
import { writeTools } from './write-tools.js';

export interface WrittenRequest {
  body: ConverseBody;
  usedExtras: string[];
  /** Fields that this model takes, only not in this company. */
  dropped: Field[];
}

/** The body of a Converse call. Its model and whether it streams are said by the path. */
export function writeRequest(request: ChatRequest): WrittenRequest {
  const names = toolNames(request);
  const answer = answerTool(request, names);
  const tools = writeTools(request, names, answer);
  const reasoning = writeReasoning(request, mustCallTool(request) || (answer?.isForced ?? false));
  const inference = writeInference(request, reasoning);
  const extras = writeExtras(request, 'thinking' in reasoning.modelFields);
  const system = writeSystem(request, answer);
  const own = { ...inference.modelFields, ...reasoning.modelFields, ...tools.modelFields, ...extras.modelFields };
  const body: ConverseBody = {
    ...(system.length > 0 ? { system } : {}),
    messages: writeMessages(request, names),
    ...(Object.keys(inference.inferenceConfig).length > 0 ? { inferenceConfig: inference.inferenceConfig } : {}),
    ...(tools.toolConfig ? { toolConfig: tools.toolConfig } : {}),
    ...(Object.keys(own).length > 0 ? { additionalModelRequestFields: own } : {}),
    // Which sequence ended an answer is told only when asked for, and by Claude alone; in a stream it stands one level deeper.
    ...(isClaude(request.model) && inference.inferenceConfig.stopSequences ? { additionalModelResponseFieldPaths: ['/stop_sequence', '/delta/stop_sequence'] } : {}),
    ...extras.members,
  };
  return { body, usedExtras: extras.used, dropped: reasoning.isDropped ? [...inference.dropped, 'reasoning_effort'] : inference.dropped };
}

function writeSystem({ messages, answerFormat, model }: ChatRequest, answer: AnswerTool | null): NonNullable<ConverseBody['system']> {
  const given = messages.flatMap((message) => (message.role === 'system' ? message.parts : []));
  const system: NonNullable<ConverseBody['system']> = given.flatMap(({ text, cache }) => (text.trim() === '' ? [] : [{ text }, ...cachePoint(cache, model)]));
  if (answer && !answer.isForced) system.push({ text: `Give your answer to the user by calling the tool ${answer.name}, never as text.` });
  if (answerFormat?.type === 'json-object' && !answer) system.push({ text: 'Write your whole answer as one JSON object. Write nothing before or after it, and no code fence around it.' });
  return system;
}

interface WrittenExtras {
  members: Record<string, unknown>;
  modelFields: Record<string, unknown>;
  used: string[];
}

/** Converse's own members, which a caller who knows Bedrock may add to any dialect. */
const OWN_MEMBERS = ['guardrailConfig', 'performanceConfig', 'requestMetadata', 'serviceTier'];
/** OpenAI's names of the tiers that exist here. */
const TIERS: Readonly<Record<string, object>> = { auto: {}, default: { serviceTier: { type: 'default' } }, flex: { serviceTier: { type: 'flex' } }, priority: { serviceTier: { type: 'priority' } } };

function writeExtras({ extras, model, reasoning }: ChatRequest, hasThinking: boolean): WrittenExtras {
  const written: WrittenExtras = { members: {}, modelFields: {}, used: [] };
  for (const [name, value] of Object.entries(extras)) {
    const object = asObject(value);
    if (OWN_MEMBERS.includes(name) && object) written.members[name] = object;
    else if (name === 'additionalModelRequestFields' && object) Object.assign(written.modelFields, object);
    else if (name === 'service_tier' && typeof value === 'string' && Object.hasOwn(TIERS, value)) Object.assign(written.members, TIERS[value]);
    else if (name === 'anthropic_beta' && Array.isArray(value) && isClaude(model)) written.modelFields['anthropic_beta'] = value;
    // Written already, among the fields of reasoning.
    else if (name !== 'thinking' || reasoning || !hasThinking) continue;
    written.used.push(name);
  }
  return written;
}
