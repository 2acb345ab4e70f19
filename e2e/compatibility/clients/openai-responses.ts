import OpenAI from 'openai';
import { resultOf, SYSTEM, TOOLS, untilText, type Client, type Talk, type Turn } from '../conversation.js';

export const openaiResponses: Client = {
  name: '`openai` responses',
  endpoint: 'responses',
  connect: (gatewayUrl, token) => {
    const openai = new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey: token, maxRetries: 0 });
    return (talk) => converse(openai, talk);
  },
};

function converse(openai: OpenAI, { model, prompt, isStreamed, withTools }: Talk): Promise<Turn[]> {
  const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: prompt }];
  const tools = TOOLS.map(({ name, description, schema }) => ({ type: 'function' as const, name, description, parameters: schema, strict: true }));
  const request = { model, instructions: SYSTEM, input, store: false, ...(withTools ? { tools } : {}) };
  return untilText(async () => {
    const response: OpenAI.Responses.Response = isStreamed ? await openai.responses.stream(request).finalResponse() : await openai.responses.create(request);
    if (response.status !== 'completed') throw new Error(`the response is ${response.status}`);
    const calls = response.output.filter((item): item is OpenAI.Responses.ResponseFunctionToolCall => item.type === 'function_call');
    input.push(...calls.map(({ type, id, call_id, name, arguments: given }) => ({ type, ...(id === undefined ? {} : { id }), call_id, name, arguments: given })));
    input.push(...calls.map(({ call_id, name }) => ({ type: 'function_call_output' as const, call_id, output: resultOf(name) })));
    const usage = response.usage ?? null;
    return {
      text: response.output_text,
      calls: calls.map(({ name, arguments: given }) => ({ name, arguments: JSON.parse(given) as unknown })),
      usage: usage && { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens, cachedTokens: usage.input_tokens_details?.cached_tokens ?? 0 },
    };
  });
}
