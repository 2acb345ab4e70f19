import { FunctionCallingConfigMode, GoogleGenAI, type Content, type GenerateContentResponse, type GenerateContentResponseUsageMetadata, type Part } from '@google/genai';
import { resultOf, SYSTEM, TOOLS, untilText, type Client, type Talk, type Turn } from '../conversation.js';

export const googleGenai: Client = {
  name: '`@google/genai`',
  endpoint: 'generate',
  connect: (gatewayUrl, token) => {
    const client = new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: gatewayUrl, retryOptions: { attempts: 1 } } });
    return (talk) => converse(client, talk);
  },
};

interface Answer {
  parts: Part[];
  finish: string | undefined;
  usage: GenerateContentResponseUsageMetadata | undefined;
}

function converse(client: GoogleGenAI, { model, prompt, isStreamed, withTools }: Talk): Promise<Turn[]> {
  const contents: Content[] = [{ role: 'user', parts: [{ text: prompt }] }];
  const functionDeclarations = TOOLS.map(({ name, description, schema }) => ({ name, description, parametersJsonSchema: schema }));
  const tools = { tools: [{ functionDeclarations }], toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } } };
  const request = { model, contents, config: { systemInstruction: SYSTEM, ...(withTools ? tools : {}) } };
  return untilText(async () => {
    const { parts, finish, usage } = isStreamed ? await gather(await client.models.generateContentStream(request)) : take(await client.models.generateContent(request));
    if (finish !== 'STOP') throw new Error(`finishReason ${finish}`);
    const calls = parts.flatMap((part) => (part.functionCall ? [part.functionCall] : []));
    if (calls.length > 0) {
      contents.push({ role: 'model', parts });
      contents.push({ role: 'user', parts: calls.map(({ id, name }) => ({ functionResponse: { ...(id === undefined ? {} : { id }), name: name!, response: { output: resultOf(name!) } } })) });
    }
    return {
      text: parts.map((part) => (part.thought ? '' : (part.text ?? ''))).join(''),
      calls: calls.map(({ name, args }) => ({ name: name!, arguments: args })),
      usage: usage
        ? { inputTokens: usage.promptTokenCount ?? 0, outputTokens: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0), cachedTokens: usage.cachedContentTokenCount ?? 0 }
        : null,
    };
  });
}

function take(response: GenerateContentResponse): Answer {
  const candidate = response.candidates?.[0];
  return { parts: candidate?.content?.parts ?? [], finish: candidate?.finishReason, usage: response.usageMetadata };
}

async function gather(chunks: AsyncIterable<GenerateContentResponse>): Promise<Answer> {
  const all: Answer = { parts: [], finish: undefined, usage: undefined };
  for await (const chunk of chunks) {
    const { parts, finish, usage } = take(chunk);
    all.parts.push(...parts);
    all.finish = finish ?? all.finish;
    all.usage = usage ?? all.usage;
  }
  return all;
}
