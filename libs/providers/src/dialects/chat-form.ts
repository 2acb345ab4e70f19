/**
 * One conversation with a model in nobody's words: what every chat dialect is read into and written from. Names of request fields
 * follow OpenAI's chat completions in camelCase where the field has them too.
 */

/** A request. Fields a caller did not set are absent, never null: no dialect invents a default that the caller did not choose. */
export interface ChatRequest {
  /** The name the upstream knows the model by. */
  model: string;
  stream: boolean;
  /** In the caller's order; a system message may stand anywhere. */
  messages: Message[];
  tools?: Tool[];
  toolChoice?: ToolChoice;
  parallelToolCalls?: boolean;
  maxTokens?: number;
  /** 0 to 2, as OpenAI counts; a dialect with another range clamps. */
  temperature?: number;
  topP?: number;
  topK?: number;
  stop?: string[];
  seed?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  /** How many answers. */
  n?: number;
  logprobs?: { top: number };
  logitBias?: Record<string, number>;
  answerFormat?: AnswerFormat;
  reasoning?: ReasoningWish;
  /** The caller's own id for the person behind the request. */
  user?: string;
  /** True when the caller wants usage inside an OpenAI chat stream (`stream_options.include_usage`). */
  includeUsage?: boolean;
  /** What has no place in this form, under the caller's own field names. A dialect sends what it knows of it; the rest counts as dropped. */
  extras: Record<string, unknown>;
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** System and developer messages alike. */
export interface SystemMessage {
  role: 'system';
  parts: TextPart[];
}
export interface UserMessage {
  role: 'user';
  parts: (TextPart | ImagePart | FilePart | AudioPart)[];
  name?: string;
}
export interface AssistantMessage {
  role: 'assistant';
  parts: AnswerPart[];
  name?: string;
}
/** The results of one or more tool calls of the assistant message before it. */
export interface ToolMessage {
  role: 'tool';
  results: ToolResult[];
}

/** How long a provider should keep what stands up to here in its prompt cache; only where the caller said so. */
export type CacheMark = '5m' | '1h';

export interface TextPart {
  type: 'text';
  text: string;
  cache?: CacheMark;
}
export interface ImagePart {
  type: 'image';
  source: UrlSource | Base64Source;
  detail?: 'auto' | 'low' | 'high';
  cache?: CacheMark;
}
export interface FilePart {
  type: 'file';
  source: UrlSource | Base64Source | { kind: 'id'; id: string };
  name?: string;
  cache?: CacheMark;
}
export interface AudioPart {
  type: 'audio';
  /** Such as `wav` or `mp3`. */
  format: string;
  data: string;
}
export interface UrlSource {
  kind: 'url';
  url: string;
}
export interface Base64Source {
  kind: 'base64';
  /** Such as `image/png`. */
  mediaType: string;
  /** Without line breaks. */
  data: string;
}

/** What a model says: in an answer, and in the history of the next request. */
export type AnswerPart = TextPart | ReasoningPart | RefusalPart | ToolCallPart;

export interface ReasoningPart {
  type: 'reasoning';
  /** Readable reasoning or a summary of it; empty when only the sealed form is there. */
  text: string;
  /** The provider's proof or sealed form; it must go back unchanged to the provider that made it, and to no other. */
  signature?: string;
  /** True when the reasoning itself is sealed inside `signature` (Anthropic's redacted_thinking, Responses' encrypted_content). */
  isSealed?: boolean;
}
export interface RefusalPart {
  type: 'refusal';
  text: string;
}
export interface ToolCallPart {
  type: 'tool-call';
  id: string;
  name: string;
  /** JSON text of an object, as the model wrote it; `{}` for a call without arguments. */
  arguments: string;
  /** Gemini's thoughtSignature of this call. */
  signature?: string;
}

export interface ToolResult {
  id: string;
  /** Looked up from the call of the same id by whoever reads the request; null when the history does not have it. */
  name: string | null;
  parts: (TextPart | ImagePart | FilePart)[];
  isError?: boolean;
  cache?: CacheMark;
}

export interface Tool {
  name: string;
  description?: string;
  /** JSON Schema of the arguments; `{type: 'object', properties: {}}` when the caller gave none. */
  parameters: Record<string, unknown>;
  strict?: boolean;
  cache?: CacheMark;
}

export type ToolChoice = 'auto' | 'none' | 'required' | { name: string };

export type AnswerFormat =
  | { type: 'text' }
  | { type: 'json-object' }
  | { type: 'json-schema'; name: string; description?: string; schema: Record<string, unknown>; strict?: boolean };

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';

export interface ReasoningWish {
  effort?: Effort;
  /** In tokens; 0 switches it off. */
  budget?: number;
  /** True when the caller wants to read the reasoning or a summary of it. */
  isShown?: boolean;
}
