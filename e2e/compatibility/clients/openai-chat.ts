import OpenAI from 'openai';
import { resultOf, SYSTEM, TOOLS, untilText, type Client, type Talk, type Turn } from '../conversation.js';

export const openaiChat: Client = {
  name: '`openai` chat',
  endpoint: 'chat',
  connect: (gatewayUrl, token) => {
    const openai = new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey: token, maxRetries: 0 });
    return (talk) => converse(openai, talk);
  },
};

function converse(openai: OpenAI, { model, prompt, isStreamed, withTools }: Talk): Promise<Turn[]> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: prompt },
  ];
  const tools = TOOLS.map(({ name, description, schema }) => ({ type: 'function' as const, function: { name, description, parameters: schema } }));
  const request = { model, messages, ...(withTools ? { tools } : {}) };
  return untilText(async () => {
    const completion: OpenAI.ChatCompletion = isStreamed
      ? await openai.chat.completions.stream({ ...request, stream_options: { include_usage: true } }).finalChatCompletion()
      : await openai.chat.completions.create(request);
    const { message, finish_reason: finish } = completion.choices[0]!;
    const calls = (message.tool_calls ?? []).filter((call) => call.type === 'function');
    if ((finish === 'tool_calls') !== calls.length > 0) throw new Error(`finish_reason ${finish} with ${calls.length} calls`);
    if (calls.length > 0) {
      messages.push({ role: 'assistant', content: message.content, tool_calls: calls.map(({ id, type, function: { name, arguments: given } }) => ({ id, type, function: { name, arguments: given } })) });
      messages.push(...calls.map((call) => ({ role: 'tool' as const, tool_call_id: call.id, content: resultOf(call.function.name) })));
    }
    const usage = completion.usage ?? null;
    return {
      text: message.content ?? '',
      calls: calls.map((call) => ({ name: call.function.name, arguments: JSON.parse(call.function.arguments) as unknown })),
      usage: usage && { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens, cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0 },
    };
  });
}
