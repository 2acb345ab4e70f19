import type { CallerSide, UpstreamSide } from '../dialects/dialect.js';
import { partsOfAnswer } from '../dialects/parts-of-answer.js';
import { CALLERS, UPSTREAMS } from '../dialects/registry.js';
import { CHAT_ENDPOINTS, DIALECT_OF } from '../endpoints.js';
import type { CallEndpoint, Dialect, UpstreamEndpoint } from '../endpoints.js';
import type { Provider } from '../provider.js';
import { findProvider } from '../registry.js';
import { pretendBedrock } from './pretend-bedrock.js';
import { pretendCohere } from './pretend-cohere.js';
import { pretendOllama } from './pretend-ollama.js';
import type { PretendProvider } from './pretend-provider.js';
import { pretendReplicate } from './pretend-replicate.js';

/** How a dialect divides a stream, and what no whole stream of it is without. */
export interface Framing {
  kind: 'sse' | 'lines' | 'frames';
  lastWord: RegExp;
}

/** A dialect, somebody who speaks it, and what proofs over all dialects need to know of it. */
export interface UpstreamWorld {
  dialect: Dialect;
  endpoint: UpstreamEndpoint;
  side: UpstreamSide;
  provider: Provider;
  model: string;
  framing: Framing;
  pretend: PretendProvider;
}
export interface CallerWorld {
  dialect: Dialect;
  endpoint: CallEndpoint;
  side: CallerSide;
  /** The same dialect as a provider speaks it: it reads what callers get. */
  reader: UpstreamWorld;
}

const SPEAKERS: Readonly<Partial<Record<Dialect, readonly [provider: string, model: string, kind: Framing['kind'], lastWord: RegExp]>>> = {
  'anthropic-messages': ['anthropic', 'claude-sonnet-4-5', 'sse', /message_stop/],
  'bedrock-converse': ['aws-bedrock', 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'frames', /messageStop/],
  'cohere-chat': ['cohere', 'command-a-03-2025', 'sse', /message-end/],
  'gemini-generate': ['google', 'gemini-2.5-flash', 'sse', /finishReason|blockReason/],
  'ollama-chat': ['ollama', 'qwen3:8b', 'lines', /"done"/],
  'openai-chat': ['openai', 'gpt-4o', 'sse', /\[DONE\]/],
  'openai-responses': ['openai', 'gpt-5', 'sse', /response\.(?:completed|incomplete)/],
  'replicate-predictions': ['replicate', 'meta/meta-llama-3-8b-instruct', 'sse', /done/],
};
/** Of dialects that callers do not speak. */
const PRETENDERS: Readonly<Partial<Record<Dialect, PretendProvider>>> = {
  'bedrock-converse': pretendBedrock,
  'cohere-chat': pretendCohere,
  'ollama-chat': pretendOllama,
  'replicate-predictions': pretendReplicate,
};

/** Every dialect we can ask a provider in. */
export function upstreamWorlds(): UpstreamWorld[] {
  return Object.keys(UPSTREAMS).map((dialect) => upstreamWorld(dialect as Dialect));
}

/** Every dialect that callers may speak. */
export function callerWorlds(): CallerWorld[] {
  return Object.entries(CALLERS).map(([name, side]) => ({ dialect: name as Dialect, endpoint: endpointOf(name as Dialect) as CallEndpoint, side, reader: upstreamWorld(name as Dialect) }));
}

function upstreamWorld(dialect: Dialect): UpstreamWorld {
  const side = UPSTREAMS[dialect];
  const pretend = PRETENDERS[dialect] ?? mirrored(CALLERS[dialect]);
  if (!side || !pretend || !SPEAKERS[dialect]) throw new Error(`The proofs need a speaker of ${dialect}, and, where callers do not speak it, somebody who pretends to be one.`);
  const [id, model, kind, lastWord] = SPEAKERS[dialect];
  return { dialect, endpoint: endpointOf(dialect), side, provider: findProvider(id)!, model, framing: { kind, lastWord }, pretend };
}

export function endpointOf(dialect: Dialect): UpstreamEndpoint {
  return [...CHAT_ENDPOINTS].find((endpoint) => DIALECT_OF[endpoint] === dialect)!;
}

/** Who speaks a dialect to callers can pretend to be its provider. */
function mirrored(caller: CallerSide | undefined): PretendProvider | undefined {
  const about = { request: { model: 'm', stream: true, messages: [], includeUsage: true, extras: {} }, requestId: 'req_1', now: 0 };
  return (
    caller && {
      hear: (body) => {
        const { messages, tools = [] } = caller.readRequest(body);
        return { messages, tools: tools.map(({ name }) => name) };
      },
      answer: (answer) => caller.writeAnswer(answer, about),
      stream: (answer) => {
        const writer = caller.streamWriter(about);
        return Buffer.from(partsOfAnswer(answer).map((part) => writer.write(part)).join(''));
      },
    }
  );
}
