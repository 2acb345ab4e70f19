import { EventStreamCodec } from '@smithy/eventstream-codec';
import { jsonAnswer, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { checkConverse } from './check-bedrock-converse.js';
import { countUsage, promptCharacters, textPieces, textTokensFor } from './count-usage.js';
import type { RequestBody } from './openai-chat.js';
import { inFragments, TOOL_TOKENS, toolsToCall, type ToolCall } from './tool-calls.js';
import type { WitnessRow, WitnessUsage } from './witness.js';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

interface ToolUse {
  toolUseId: string;
  name: string;
  input: object;
}

/** Bedrock's Converse and ConverseStream, the latter as binary frames with their checksums. */
export function answerConverse(body: RequestBody, rule: BehaviourRule, id: string, row: WitnessRow): Answer {
  checkConverse(body);
  const characters = promptCharacters([body['system'], body['messages']]);
  const uses = calledTools(body, rule).map(({ name, values }, index): ToolUse => ({ toolUseId: `tooluse_${id}${index}`, name, input: values }));
  const limit = (body['inferenceConfig'] as { maxTokens?: unknown } | undefined)?.maxTokens;
  const pieces = uses.length > 0 ? [] : textPieces(textTokensFor(characters, limit, rule));
  const usage = countUsage({ promptCharacters: characters, model: row.model ?? '', outputTokens: uses.length > 0 ? TOOL_TOKENS * uses.length : pieces.length }, rule);
  const stopReason = uses.length > 0 ? 'tool_use' : 'end_turn';
  const told = rule.withoutUsage ? null : usage;
  if (row.stream) {
    const blocks = uses.length > 0 ? uses.flatMap(toolFrames) : textFrames(pieces);
    const frames = [frame('messageStart', { role: 'assistant' }), ...blocks, frame('messageStop', { stopReason })];
    if (told) frames.push(frame('metadata', { usage: tokenUsage(told), metrics: { latencyMs: 12 } }));
    return { kind: 'events', events: frames, contentType: 'application/vnd.amazon.eventstream', usage: told };
  }
  const content = uses.length > 0 ? uses.map((toolUse) => ({ toolUse })) : [{ text: pieces.join('') }];
  return jsonAnswer({ output: { message: { role: 'assistant', content } }, stopReason, metrics: { latencyMs: 12 }, ...(told ? { usage: tokenUsage(told) } : {}) }, told);
}

function calledTools(body: RequestBody, rule: BehaviourRule): ToolCall[] {
  const tools = ((body['toolConfig'] as { tools?: { toolSpec: { name: string; inputSchema: { json: unknown } } }[] } | undefined)?.tools ?? []).flatMap(({ toolSpec }) => (toolSpec ? [toolSpec] : []));
  const last = (body['messages'] as { content: object[] }[]).at(-1);
  return toolsToCall(
    tools.map(({ name, inputSchema }) => ({ name, schema: inputSchema.json })),
    last?.content.some((block) => 'toolResult' in block) === true,
    rule,
  );
}

/** Input without what came from the cache, as Bedrock counts. */
function tokenUsage(usage: WitnessUsage) {
  return {
    inputTokens: usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens,
    outputTokens: usage.outputTokens,
    totalTokens: usage.inputTokens + usage.outputTokens,
    cacheReadInputTokens: usage.cachedTokens,
    cacheWriteInputTokens: usage.cacheWriteTokens,
  };
}

/** A block of text has no start of its own; payloads are padded so that their length tells nothing. */
function frame(type: string, payload: object): Uint8Array {
  const value = (text: string) => ({ type: 'string' as const, value: text });
  const headers = { ':event-type': value(type), ':content-type': value('application/json'), ':message-type': value('event') };
  return codec.encode({ headers, body: Buffer.from(JSON.stringify({ ...payload, p: 'abcdefghijkl' })) });
}

function textFrames(pieces: string[]): Uint8Array[] {
  return [...pieces.map((text) => frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text } })), frame('contentBlockStop', { contentBlockIndex: 0 })];
}

function toolFrames({ toolUseId, name, input }: ToolUse, contentBlockIndex: number): Uint8Array[] {
  const fragments = Object.keys(input).length === 0 ? [] : inFragments(input);
  return [
    frame('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId, name } } }),
    ...fragments.map((text) => frame('contentBlockDelta', { contentBlockIndex, delta: { toolUse: { input: text } } })),
    frame('contentBlockStop', { contentBlockIndex }),
  ];
}
