/** What the Messages API calls things, as far as we write them. */
export interface CacheControl {
  type: 'ephemeral';
  ttl?: '1h';
}
interface Cacheable {
  cache_control?: CacheControl;
}

export interface TextBlock extends Cacheable {
  type: 'text';
  text: string;
}
export interface ImageBlock extends Cacheable {
  type: 'image';
  source: BytesSource | UrlSource;
}
export interface DocumentBlock extends Cacheable {
  type: 'document';
  source: BytesSource | UrlSource | { type: 'text'; media_type: 'text/plain'; data: string } | { type: 'file'; file_id: string };
  title?: string;
}
export interface BytesSource {
  type: 'base64';
  media_type: string;
  data: string;
}
export interface UrlSource {
  type: 'url';
  url: string;
}
export interface ToolUseBlock {
  type: 'tool_use';
  id: string;
  name: string;
  input: Record<string, unknown>;
}
export interface ToolResultBlock extends Cacheable {
  type: 'tool_result';
  tool_use_id: string;
  content?: (TextBlock | ImageBlock | DocumentBlock)[];
  is_error?: true;
}
export interface ThinkingBlock {
  type: 'thinking';
  thinking: string;
  signature: string;
}
export interface RedactedThinkingBlock {
  type: 'redacted_thinking';
  data: string;
}

export type UserBlock = TextBlock | ImageBlock | DocumentBlock | ToolResultBlock;
export type AssistantBlock = TextBlock | ThinkingBlock | RedactedThinkingBlock | ToolUseBlock;
export type WireMessage = { role: 'user'; content: UserBlock[] } | { role: 'assistant'; content: AssistantBlock[] };

export interface WireTool extends Cacheable {
  name: string;
  description?: string;
  input_schema: Record<string, unknown>;
  strict?: boolean;
}
export type WireToolChoice = ({ type: 'auto' | 'any' } | { type: 'tool'; name: string }) & { disable_parallel_tool_use?: true } | { type: 'none' };

export type StopReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'refusal';
