/** What the gateway needs of a request body, found without parsing it. Offsets are bytes. */
export interface BodyScan {
  model: string | null;
  /** The model's value with its quotes; -1 when absent. */
  modelStart: number;
  modelEnd: number;
  stream: boolean;
  hasStreamOptions: boolean;
  /** `stream_options.include_usage === true` */
  includeUsage: boolean;
  /** The value of `stream_options`; -1 when absent. */
  streamOptionsStart: number;
  streamOptionsEnd: number;
  /** The value of `include_usage` inside it; -1 when absent. */
  includeUsageStart: number;
  includeUsageEnd: number;
  n: number | null;
  /** max_tokens, max_completion_tokens or max_output_tokens. */
  maxTokens: number | null;
  /** Just behind the opening brace. */
  firstMember: number;
  isEmpty: boolean;
}

/** Validates a JSON object's structure and finds the fields above. Throws AppError malformed_json, too_deep, duplicate_field, invalid_request. */
export declare function scanBody(body: Buffer): BodyScan;
