import fc from 'fast-check';
import type { ChatAnswer, FinishReason } from '../dialects/answer-form.js';
import type { AnswerPart, ChatRequest, Message, ToolCallPart } from '../dialects/chat-form.js';

/** Nothing blank, because blank texts say nothing and some providers refuse them; with everything that looks like somebody's wire. */
const text = fc
  .oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.constantFrom('[DONE]', 'data: {"a":1}\n\n', '\u2028 \n ☃', '"usage"', 'event: done', '\u0000', '🧵\n\n🌍'))
  .map((each) => `${each.replaceAll('\r', '')}.`);
/** As every provider takes them, so that none has to be replaced. */
const id = fc.stringMatching(/^[a-zA-Z0-9]{9}$/);
const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,20}$/);
const toolArguments = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }).map((value) => canonical(JSON.stringify(value)));
const call: fc.Arbitrary<ToolCallPart> = fc.record({ type: fc.constant('tool-call' as const), id, name, arguments: toolArguments });
const calls = fc.uniqueArray(call, { selector: (each) => each.id, maxLength: 3 });
const noCalls: fc.Arbitrary<ToolCallPart[]> = fc.constant([]);
const say = (said: string) => ({ type: 'text' as const, text: said });

/** A conversation that tools take part in, or one of words alone; it ends with the user, who offers every tool named in it. */
export function anyRequest(model: string, hasTools: boolean): fc.Arbitrary<ChatRequest> {
  const exchange = fc.record({ asked: text, told: text, called: hasTools ? calls : noCalls, results: fc.array(text, { minLength: 3, maxLength: 3 }) }).map(({ asked, told, called, results }): Message[] => [
    { role: 'user', parts: [say(asked)] },
    { role: 'assistant', parts: [say(told), ...called] },
    ...(called.length === 0 ? [] : [{ role: 'tool' as const, results: called.map((each, index) => ({ id: each.id, name: each.name, parts: [say(results[index]!)] })) }]),
  ]);
  const conversation = fc.tuple(fc.option(text), fc.array(exchange, { maxLength: 3 }), text);
  return conversation.map(([system, exchanges, last]) => {
    const messages: Message[] = [...(system === null ? [] : [{ role: 'system' as const, parts: [say(system)] }]), ...exchanges.flat(), { role: 'user', parts: [say(last)] }];
    const names = [...new Set(messages.flatMap((message) => (message.role === 'assistant' ? message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.name] : [])) : [])))];
    const tools = names.map((each) => ({ name: each, parameters: { type: 'object', properties: { a: { type: 'string' } } } }));
    return { model, stream: false, messages, ...(tools.length === 0 ? {} : { tools }), extras: {} };
  });
}

/** An answer of text, and of calls where there are tools. */
export function anyAnswer(model: string, hasTools: boolean): fc.Arbitrary<ChatAnswer> {
  return fc
    .record({ id, said: text, isSilent: fc.boolean(), called: hasTools ? calls : noCalls, isCut: fc.boolean(), input: fc.integer({ min: 1, max: 1e6 }), output: fc.integer({ min: 1, max: 1e6 }) })
    .map(({ id: given, said, isSilent, called, isCut, input, output }): ChatAnswer => {
      const parts: AnswerPart[] = isSilent && called.length > 0 ? called : [say(said), ...called];
      const finish: FinishReason = called.length > 0 ? 'tool-calls' : isCut && hasTools ? 'length' : 'stop';
      const meters = { inputUncached: input, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output, reasoning: 0, audioIn: 0, audioOut: 0 };
      return { id: given, model, createdAt: 1_763_700_000, choices: [{ index: 0, parts, finish }], meters, vendor: {} };
    });
}

/** JSON as it is written after having been read: the order of members like `1` is settled by reading. */
export function canonical(json: string): string {
  return JSON.stringify(JSON.parse(json));
}

/** What a conversation says, however it is divided into messages and parts. */
export function saidIn(messages: readonly Message[]): object[] {
  const said: { role: string; text: string; calls: object[] }[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      said.push(...message.results.map((result) => ({ role: `result of ${result.id}`, text: textIn(result.parts), calls: [] })));
      continue;
    }
    const turn = { role: message.role, text: textIn(message.parts), calls: callsIn(message.parts) };
    const last = said.at(-1);
    if (last?.role === turn.role) Object.assign(last, { text: last.text + turn.text, calls: [...last.calls, ...turn.calls] });
    else said.push(turn);
  }
  return said;
}

/** What an answer says and how it ended. */
export function saidBy({ choices }: ChatAnswer): object[] {
  return choices.map(({ parts, finish }) => ({ text: textIn(parts), calls: callsIn(parts), finish }));
}

function textIn(parts: readonly { type: string; text?: string }[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function callsIn(parts: readonly { type: string }[]): object[] {
  return (parts as AnswerPart[]).flatMap((part) => (part.type === 'tool-call' ? [{ id: part.id, name: part.name, arguments: canonical(part.arguments) }] : []));
}
