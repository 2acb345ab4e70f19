import { dataEvent, jsonAnswer, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { checkGenerate } from './check-gemini-generate.js';
import { countUsage, promptCharacters, textPieces, textTokensFor } from './count-usage.js';
import type { RequestBody } from './openai-chat.js';
import { TOOL_TOKENS, toolsToCall, type OfferedTool, type ToolCall } from './tool-calls.js';
import type { WitnessRow, WitnessUsage } from './witness.js';

interface Content {
  role?: string;
  parts: { functionResponse?: unknown }[];
}

/** Gemini's generateContent and streamGenerateContent, at Google's own API and at Vertex, which gives its calls no ids. */
export function answerGenerate(body: RequestBody, rule: BehaviourRule, id: string, row: WitnessRow): Answer {
  const isVertex = row.path.includes('/publishers/');
  const model = row.model ?? '';
  checkGenerate(body, /^gemini-3/.test(model));
  const characters = promptCharacters([body['systemInstruction'], body['contents']]);
  const called = calledTools(body, rule);
  const limit = (body['generationConfig'] as { maxOutputTokens?: unknown } | undefined)?.maxOutputTokens;
  const pieces = called.length > 0 ? [] : textPieces(textTokensFor(characters, limit, rule));
  const usage = countUsage({ promptCharacters: characters, model, outputTokens: called.length > 0 ? TOOL_TOKENS * called.length : pieces.length }, rule);
  const calls = called.map((call, index) => callPart(call, `${id}${index}`, { isVertex, isSigned: index === 0 && /^gemini-3/.test(model) }));
  const head = { modelVersion: model, responseId: id };
  if (!row.stream) {
    const parts = calls.length > 0 ? calls : [{ text: pieces.join('') }];
    return jsonAnswer({ candidates: [candidate(parts, 'STOP')], ...(rule.withoutUsage ? {} : { usageMetadata: usageMetadata(usage, usage.outputTokens) }), ...head }, rule.withoutUsage ? null : usage);
  }
  const chunks = chunksOf(calls, pieces, rule.withoutUsage ? null : usage).map((chunk) => ({ ...chunk, ...head }));
  const told = rule.withoutUsage ? null : usage;
  return /[?&]alt=sse/.test(row.path) ? { kind: 'events', events: chunks.map(dataEvent), usage: told } : jsonAnswer(chunks, told);
}

function calledTools(body: RequestBody, rule: BehaviourRule): ToolCall[] {
  const tools = (body['tools'] ?? []) as { functionDeclarations?: { name: string; parameters?: unknown; parametersJsonSchema?: unknown }[] }[];
  const offered = tools.flatMap((tool) => tool.functionDeclarations ?? []).map(({ name, parameters, parametersJsonSchema }): OfferedTool => ({ name, schema: parameters ?? parametersJsonSchema }));
  const last = (body['contents'] as Content[]).at(-1);
  const mode = (body['toolConfig'] as { functionCallingConfig?: { mode?: string } } | undefined)?.functionCallingConfig?.mode;
  return toolsToCall(offered, mode === 'NONE' || last?.parts.some((part) => part.functionResponse !== undefined) === true, rule);
}

function callPart({ name, values }: ToolCall, id: string, { isVertex, isSigned }: { isVertex: boolean; isSigned: boolean }) {
  return { functionCall: { ...(isVertex ? {} : { id }), name, args: values }, ...(isSigned ? { thoughtSignature: Buffer.from(`thought of ${id}`).toString('base64') } : {}) };
}

function candidate(parts: unknown[], finishReason?: string) {
  return { content: { role: 'model', parts }, ...(finishReason ? { finishReason } : {}), index: 0 };
}

/** Every chunk tells the usage so far; the last one holds. */
function chunksOf(calls: unknown[], pieces: string[], usage: WitnessUsage | null): object[] {
  const contents = calls.length > 0 ? calls.map((call) => [call]) : pieces.map((text) => [{ text }]);
  return contents.map((parts, index) => {
    const isLast = index === contents.length - 1;
    const told = usage ? { usageMetadata: usageMetadata(usage, isLast ? usage.outputTokens : index + 1) } : {};
    return { candidates: [candidate(parts, isLast ? 'STOP' : undefined)], ...told };
  });
}

/** Thoughts are not part of the candidates' tokens here. */
function usageMetadata(usage: WitnessUsage, outputTokens: number) {
  const thoughts = Math.min(usage.reasoningTokens, outputTokens);
  return {
    promptTokenCount: usage.inputTokens,
    ...(usage.cachedTokens > 0 ? { cachedContentTokenCount: usage.cachedTokens } : {}),
    candidatesTokenCount: outputTokens - thoughts,
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
    totalTokenCount: usage.inputTokens + outputTokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.inputTokens }],
  };
}
