/** The parts of Bedrock's Converse API that we write. Blobs are base64 in its JSON. */
export type ConverseBlock =
  | { text: string }
  | { image: ConverseImage }
  | { document: ConverseDocument }
  | { toolUse: { toolUseId: string; name: string; input: object } }
  | { toolResult: { toolUseId: string; content: ConverseResultBlock[]; status?: 'error' } }
  | { reasoningContent: { reasoningText: { text: string; signature: string } } | { redactedContent: string } }
  | ConverseCachePoint;

export type ConverseResultBlock = { text: string } | { image: ConverseImage } | { document: ConverseDocument };

export interface ConverseImage {
  format: string;
  source: { bytes: string };
}

export interface ConverseDocument {
  format: string;
  name: string;
  source: { bytes: string };
}

export interface ConverseCachePoint {
  cachePoint: { type: 'default'; ttl?: '1h' };
}

export interface ConverseMessage {
  role: 'user' | 'assistant';
  content: ConverseBlock[];
}

export interface ConverseToolSpec {
  toolSpec: { name: string; description?: string; inputSchema: { json: object }; strict?: true };
}

export type ConverseToolChoice = { auto: object } | { any: object } | { tool: { name: string } };

export interface ConverseToolConfig {
  tools: (ConverseToolSpec | ConverseCachePoint)[];
  toolChoice?: ConverseToolChoice;
}

export interface ConverseBody {
  system?: ({ text: string } | ConverseCachePoint)[];
  messages: ConverseMessage[];
  inferenceConfig?: { maxTokens?: number; temperature?: number; topP?: number; stopSequences?: string[] };
  toolConfig?: ConverseToolConfig;
  additionalModelRequestFields?: Record<string, unknown>;
  additionalModelResponseFieldPaths?: string[];
  serviceTier?: { type: string };
}
