import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, isStepCount, jsonSchema, streamText, tool, type LanguageModel } from 'ai';
import { resultOf, SYSTEM, TOOLS, type Client, type Talk, type Turn } from '../conversation.js';

type ModelOf = (gatewayUrl: string, token: string) => (model: string) => LanguageModel;

function aiClient(name: string, endpoint: Client['endpoint'], modelOf: ModelOf): Client {
  return {
    name: `\`ai\` with \`${name}\``,
    endpoint,
    connect: (gatewayUrl, token) => {
      const named = modelOf(gatewayUrl, token);
      return (talk) => converse(named(talk.model), talk);
    },
  };
}

/** Asks for responses, as it does unless told otherwise. */
export const aiOpenai = aiClient('@ai-sdk/openai', 'responses', (url, token) => createOpenAI({ baseURL: `${url}/v1`, apiKey: token }));
export const aiOpenaiChat = aiClient('@ai-sdk/openai` `.chat', 'chat', (url, token) => createOpenAI({ baseURL: `${url}/v1`, apiKey: token }).chat);
export const aiAnthropic = aiClient('@ai-sdk/anthropic', 'messages', (url, token) => createAnthropic({ baseURL: `${url}/v1`, apiKey: token }));
// A name with a slash is a whole path there.
export const aiGoogle = aiClient('@ai-sdk/google', 'generate', (url, token) => {
  const google = createGoogle({ baseURL: `${url}/v1beta`, apiKey: token });
  return (model) => google(`models/${model}`);
});

const tools = Object.fromEntries(TOOLS.map(({ name, description, schema }) => [name, tool({ description, inputSchema: jsonSchema<object>({ ...schema, required: [...schema.required] }), execute: () => resultOf(name) })]));

async function converse(model: LanguageModel, { prompt, isStreamed, withTools }: Talk): Promise<Turn[]> {
  const request = { model, instructions: SYSTEM, prompt, maxRetries: 0, stopWhen: isStepCount(3), ...(withTools ? { tools } : {}) };
  const steps = isStreamed ? await streamedSteps(request) : (await generateText(request)).steps;
  return steps.map((step) => {
    if ((step.finishReason === 'tool-calls') !== step.toolCalls.length > 0) throw new Error(`finishReason ${step.finishReason} with ${step.toolCalls.length} calls`);
    const { inputTokens, outputTokens, inputTokenDetails } = step.usage;
    return {
      text: step.text,
      calls: step.toolCalls.map((call) => ({ name: call.toolName, arguments: call.input as unknown })),
      usage: inputTokens === undefined ? null : { inputTokens, outputTokens: outputTokens ?? 0, cachedTokens: inputTokenDetails.cacheReadTokens ?? 0 },
    };
  });
}

/** The client tells an error of a stream beside the stream. */
async function streamedSteps(request: Parameters<typeof streamText>[0]) {
  let failure: unknown;
  const result = streamText({ ...request, onError: ({ error }) => void (failure ??= error) });
  await result.consumeStream();
  if (failure !== undefined) throw failure;
  return result.steps;
}
