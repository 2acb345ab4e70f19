import OpenAI from 'openai';
import type { Caller } from './company.js';

const CALLS_EACH = 5;
const MODELS = ['gpt-4o', 'gpt-4o-mini'] as const;

/** Five calls per caller, all callers at once: what anybody would write, with another base URL and token. */
export async function makeTwentyCalls(gatewayUrl: string, callers: readonly Caller[]): Promise<void> {
  await Promise.all(callers.map((caller, index) => makeCalls(new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey: caller.token }), caller, index)));
}

async function makeCalls(openai: OpenAI, caller: Caller, offset: number): Promise<void> {
  for (let call = 0; call < CALLS_EACH; call++) {
    const model = MODELS[Math.floor(call / 2) % MODELS.length]!;
    const request = { model, user: caller.name, messages: [{ role: 'user' as const, content: `Question ${call} of ${caller.name}: ${'why? '.repeat(call * 4)}` }] };
    const isStreamed = (call + offset) % 2 === 1;
    if (isStreamed) for await (const _ of await openai.chat.completions.create({ ...request, stream: true }));
    else await openai.chat.completions.create(request);
  }
}
