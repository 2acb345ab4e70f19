import Anthropic from '@anthropic-ai/sdk';
import { resultOf, SYSTEM, TOOLS, untilText, type Client, type Talk, type Turn } from '../conversation.js';

export const anthropic: Client = {
  name: '`@anthropic-ai/sdk`',
  endpoint: 'messages',
  connect: (gatewayUrl, token) => {
    const client = new Anthropic({ baseURL: gatewayUrl, apiKey: token, maxRetries: 0 });
    return (talk) => converse(client, talk);
  },
};

function converse(client: Anthropic, { model, prompt, isStreamed, withTools }: Talk): Promise<Turn[]> {
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: prompt }];
  const tools = TOOLS.map(({ name, description, schema }) => ({ name, description, input_schema: { ...schema, required: [...schema.required] } }));
  const request = { model, max_tokens: 500, system: SYSTEM, messages, ...(withTools ? { tools } : {}) };
  return untilText(async () => {
    const message = isStreamed ? await client.messages.stream(request).finalMessage() : await client.messages.create(request);
    const uses = message.content.filter((block) => block.type === 'tool_use');
    if ((message.stop_reason === 'tool_use') !== uses.length > 0) throw new Error(`stop_reason ${message.stop_reason} with ${uses.length} calls`);
    if (uses.length > 0) {
      messages.push({ role: 'assistant', content: message.content });
      messages.push({ role: 'user', content: uses.map(({ id, name }) => ({ type: 'tool_result', tool_use_id: id, content: resultOf(name) })) });
    }
    const usage = message.usage;
    return {
      text: message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
      calls: uses.map(({ name, input }) => ({ name, arguments: input })),
      usage: {
        inputTokens: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
        outputTokens: usage.output_tokens,
        cachedTokens: usage.cache_read_input_tokens ?? 0,
      },
    };
  });
}
