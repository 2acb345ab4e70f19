import type { Dialect } from '../endpoints.js';
import { anthropicMessages } from './anthropic-messages/index.js';
import { bedrockConverse } from './bedrock-converse/index.js';
import { cohereChat } from './cohere-chat/index.js';
import type { CallerSide, UpstreamSide } from './dialect.js';
import { geminiGenerate } from './gemini-generate/index.js';
import { ollamaChat } from './ollama-chat/index.js';
import { openaiChat } from './openai-chat/index.js';
import { openaiResponses } from './openai-responses/index.js';
import { replicatePredictions } from './replicate-predictions/index.js';

/** Dialects that callers may speak; a new one is one line. */
export const CALLERS: Readonly<Partial<Record<Dialect, CallerSide>>> = {
  'gemini-generate': geminiGenerate,
  'anthropic-messages': anthropicMessages,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
};

/** Dialects in which we can ask a provider on behalf of callers of another one; a new one is one line. */
export const UPSTREAMS: Readonly<Partial<Record<Dialect, UpstreamSide>>> = {
  'anthropic-messages': anthropicMessages,
  'bedrock-converse': bedrockConverse,
  'cohere-chat': cohereChat,
  'gemini-generate': geminiGenerate,
  'ollama-chat': ollamaChat,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'replicate-predictions': replicatePredictions,
};
