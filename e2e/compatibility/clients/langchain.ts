import { AIMessage, HumanMessage, SystemMessage, ToolMessage, type AIMessageChunk, type BaseMessage, type UsageMetadata } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { resultOf, SYSTEM, TOOLS, untilText, type Client, type Talk, type Turn } from '../conversation.js';

export const langchain: Client = {
  name: '`@langchain/openai`',
  endpoint: 'chat',
  connect: (gatewayUrl, token) => (talk) => converse(gatewayUrl, token, talk),
};

function converse(gatewayUrl: string, token: string, { model, prompt, isStreamed, withTools }: Talk): Promise<Turn[]> {
  const chat = new ChatOpenAI({ model, apiKey: token, maxRetries: 0, configuration: { baseURL: `${gatewayUrl}/v1` } });
  const functions = TOOLS.map(({ name, description, schema }) => ({ type: 'function' as const, function: { name, description, parameters: schema } }));
  const bound = withTools ? chat.bindTools(functions) : chat;
  const messages: BaseMessage[] = [new SystemMessage(SYSTEM), new HumanMessage(prompt)];
  return untilText(async () => {
    const answer = isStreamed ? await gather(await bound.stream(messages)) : await bound.invoke(messages);
    const calls = answer.tool_calls ?? [];
    messages.push(new AIMessage({ content: answer.content, tool_calls: calls }));
    messages.push(...calls.map(({ id, name }) => new ToolMessage({ tool_call_id: id!, content: resultOf(name) })));
    const usage = answer.usage_metadata as unknown as UsageMetadata | undefined;
    return {
      text: answer.text,
      calls: calls.map(({ name, args }) => ({ name, arguments: args as unknown })),
      usage: usage ? { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens, cachedTokens: usage.input_token_details?.cache_read ?? 0 } : null,
    };
  });
}

async function gather(chunks: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of chunks) whole = whole ? whole.concat(chunk) : chunk;
  return whole!;
}
