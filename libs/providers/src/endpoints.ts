/** What a caller can ask us for, by what it speaks. */
export type CallEndpoint = 'chat' | 'completions' | 'responses' | 'embeddings' | 'messages' | 'generate';

/** What a provider can be asked for. Most are what callers ask for, too; the others are reached by translation alone. */
export type UpstreamEndpoint = CallEndpoint | 'converse' | 'cohere-chat' | 'predictions' | 'ollama-chat' | 'cohere-embed' | 'gemini-embed';

/** `models` is ours and the probe's only. */
export type Endpoint = UpstreamEndpoint | 'models';

export type Dialect =
  | 'openai-chat'
  | 'openai-completions'
  | 'openai-responses'
  | 'openai-embeddings'
  | 'anthropic-messages'
  | 'gemini-generate'
  | 'bedrock-converse'
  | 'cohere-chat'
  | 'replicate-predictions'
  | 'ollama-chat'
  | 'cohere-embed'
  | 'gemini-embed';

/** The dialect that is spoken on each endpoint. */
export const DIALECT_OF: Readonly<Record<UpstreamEndpoint, Dialect>> = {
  chat: 'openai-chat',
  completions: 'openai-completions',
  responses: 'openai-responses',
  embeddings: 'openai-embeddings',
  messages: 'anthropic-messages',
  generate: 'gemini-generate',
  converse: 'bedrock-converse',
  'cohere-chat': 'cohere-chat',
  predictions: 'replicate-predictions',
  'ollama-chat': 'ollama-chat',
  'cohere-embed': 'cohere-embed',
  'gemini-embed': 'gemini-embed',
};

/** Endpoints for a conversation: a call to one of them can be translated to any other. */
export const CHAT_ENDPOINTS: ReadonlySet<UpstreamEndpoint> = new Set(['chat', 'responses', 'messages', 'generate', 'converse', 'cohere-chat', 'predictions', 'ollama-chat']);
/** The same for embeddings. */
export const EMBEDDING_ENDPOINTS: ReadonlySet<UpstreamEndpoint> = new Set(['embeddings', 'cohere-embed', 'gemini-embed']);
