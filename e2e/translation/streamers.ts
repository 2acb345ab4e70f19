import Anthropic from '@anthropic-ai/sdk';
import { ApiError, GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';

/** How one dialect's official client streams, and the class in which it tells errors. */
export interface Streamer {
  name: string;
  path(model: string): string;
  body(model: string): object;
  /** Asks without a stream. */
  ask(model: string): Promise<unknown>;
  /** Gives every piece of text to `hear` as it comes; throws what the client throws. */
  stream(model: string, hear: (text: string) => void): Promise<void>;
  errors: { base: ErrorClass; 400: ErrorClass; 404: ErrorClass; 429: ErrorClass; 503: ErrorClass };
}

// Their constructors have nothing in common but that.
type ErrorClass = abstract new (...given: never[]) => Error;

const PROMPT = 'Tell me a long story.';

/** The four dialects in which callers may speak, each through its vendor's own client. */
export function streamersFor(gatewayUrl: string, token: string): Streamer[] {
  const openai = new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey: token, maxRetries: 0 });
  const anthropic = new Anthropic({ baseURL: gatewayUrl, apiKey: token, maxRetries: 0 });
  const google = new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: gatewayUrl, retryOptions: { attempts: 1 } } });
  return [chatStreamer(openai), responsesStreamer(openai), messagesStreamer(anthropic), generateStreamer(google)];
}

const OPENAI_ERRORS = { base: OpenAI.APIError, 400: OpenAI.BadRequestError, 404: OpenAI.NotFoundError, 429: OpenAI.RateLimitError, 503: OpenAI.InternalServerError };

function chatStreamer(openai: OpenAI): Streamer {
  const messages = [{ role: 'user' as const, content: PROMPT }];
  return {
    name: 'openai chat',
    path: () => '/v1/chat/completions',
    body: (model) => ({ model, messages, stream: true }),
    ask: (model) => openai.chat.completions.create({ model, messages }),
    stream: async (model, hear) => {
      for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true })) hear(chunk.choices[0]?.delta.content ?? '');
    },
    errors: OPENAI_ERRORS,
  };
}

function responsesStreamer(openai: OpenAI): Streamer {
  return {
    name: 'openai responses',
    path: () => '/v1/responses',
    body: (model) => ({ model, input: PROMPT, stream: true }),
    ask: (model) => openai.responses.create({ model, input: PROMPT }),
    stream: async (model, hear) => {
      for await (const event of await openai.responses.create({ model, input: PROMPT, stream: true })) if (event.type === 'response.output_text.delta') hear(event.delta);
    },
    errors: OPENAI_ERRORS,
  };
}

function messagesStreamer(anthropic: Anthropic): Streamer {
  const request = { max_tokens: 1000, messages: [{ role: 'user' as const, content: PROMPT }] };
  return {
    name: 'anthropic messages',
    path: () => '/v1/messages',
    body: (model) => ({ model, ...request, stream: true }),
    ask: (model) => anthropic.messages.create({ model, ...request }),
    stream: async (model, hear) => {
      for await (const event of await anthropic.messages.create({ model, ...request, stream: true })) if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') hear(event.delta.text);
    },
    errors: { base: Anthropic.APIError, 400: Anthropic.BadRequestError, 404: Anthropic.NotFoundError, 429: Anthropic.RateLimitError, 503: Anthropic.InternalServerError },
  };
}

function generateStreamer(google: GoogleGenAI): Streamer {
  return {
    name: 'gemini generateContent',
    path: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    body: () => ({ contents: [{ role: 'user', parts: [{ text: PROMPT }] }] }),
    ask: (model) => google.models.generateContent({ model, contents: PROMPT }),
    stream: async (model, hear) => {
      for await (const chunk of await google.models.generateContentStream({ model, contents: PROMPT })) hear(chunk.text ?? '');
    },
    errors: { base: ApiError, 400: ApiError, 404: ApiError, 429: ApiError, 503: ApiError },
  };
}
