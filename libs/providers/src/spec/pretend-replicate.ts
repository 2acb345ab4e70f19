import type { Message } from '../dialects/chat-form.js';
import { piecesOf, sse, textOf } from './pretend-provider.js';
import type { PretendProvider } from './pretend-provider.js';

export const pretendReplicate: PretendProvider = {
  hear: ({ input }) => {
    const { prompt, system_prompt: system } = input as { prompt: string; system_prompt?: string };
    const first: Message[] = system === undefined ? [] : [{ role: 'system', parts: [{ type: 'text', text: system }] }];
    return { messages: [...first, ...turnsOf(prompt)], tools: [] };
  },
  answer: ({ id, model, choices: [choice], meters }) => ({ id, model, status: 'succeeded', error: null, output: piecesOf(textOf(choice!)), metrics: { input_token_count: meters!.inputUncached, output_token_count: meters!.output } }),
  stream: ({ choices: [choice] }) => sse([...piecesOf(textOf(choice!)).map((text) => ['output', text] as const), ['done', '{}']]),
};

/** A conversation is written out with the last word left to the model; anything else is one question. */
function turnsOf(prompt: string): Message[] {
  const written = prompt.endsWith('\n\nAssistant:') ? prompt.slice(0, -'\n\nAssistant:'.length).split(/\n\n(?=(?:User|Assistant): )/) : [`User: ${prompt}`];
  return written.map((turn): Message => {
    const colon = turn.indexOf(': ');
    return { role: turn.slice(0, colon) === 'User' ? 'user' : 'assistant', parts: [{ type: 'text', text: turn.slice(colon + 2) }] };
  });
}
