import { z } from 'zod';

const tokens = z.number().int().nonnegative().max(1_000_000_000);

/**
 * What an attempt consumed, in tokens. Input in total = inputUncached + cacheRead + cacheWrite5m + cacheWrite1h, each token in
 * exactly one of the four. `audioIn` and `imageIn` say how much of inputUncached was audio or images; `reasoning`, `audioOut` and
 * `imageOut` how much of output. Few providers count images apart: where they do not, those two are absent.
 */
export const Meters = z.object({
  inputUncached: tokens,
  cacheRead: tokens.default(0),
  cacheWrite5m: tokens.default(0),
  cacheWrite1h: tokens.default(0),
  output: tokens,
  reasoning: tokens.default(0),
  audioIn: tokens.default(0),
  audioOut: tokens.default(0),
  imageIn: tokens.optional(),
  imageOut: tokens.optional(),
});
export type Meters = z.infer<typeof Meters>;

/** One attempt's metered outcome. `eventId` is unique for ever; delivering an event twice changes nothing. */
export const UsageEvent = z.object({
  v: z.literal(1),
  eventId: z.string().length(36),
  requestId: z.string().length(36),
  attempt: z.number().int().min(1),
  orgId: z.string(),
  groupId: z.string().nullable(),
  userId: z.string().nullable(),
  tokenId: z.string().nullable(),
  keyId: z.string(),
  /** Which secret of the key it was; absent in events of older gateways. */
  keyVersion: z.number().int().min(1).max(2_147_483_647).optional(),
  keyOwner: z.enum(['user', 'group', 'org', 'platform']),
  keyOwnerId: z.string(),
  provider: z.string(),
  model: z.string().max(256),
  endpoint: z.enum(['chat', 'completions', 'responses', 'embeddings', 'messages', 'generate']),
  stream: z.boolean(),
  /** By which spending is told apart; what is allowed is decided by whoever writes the event. */
  tags: z.record(z.string().max(64), z.string().max(256)).default({}),
  /** How it ended: answered, refused by the provider, left by the client, cut by the provider or by our own death. */
  outcome: z.enum(['ok', 'error', 'aborted', 'cut', 'crashed']),
  httpStatus: z.number().int().nullable(),
  errorCode: z.string().nullable(),
  /** null when the provider reported nothing and nothing was sent to the client. */
  meters: Meters.nullable(),
  usageSource: z.enum(['provider', 'counted', 'none']),
  estimated: z.boolean(),
  /** Milliseconds since 1970 on the gateway's clock. */
  startedAt: z.number().int(),
  firstByteAt: z.number().int().nullable(),
  endedAt: z.number().int(),
  /** An answer that was given before: no provider was asked, and nothing is consumed. */
  cache: z.literal('hit').optional(),
});
export type UsageEvent = z.infer<typeof UsageEvent>;

/**
 * A job of the usage queue: events of one gateway as text, one JSON event a line, so that whoever ships them need not read them.
 * With `encoding: 'zstd'` the text is compressed and in base64; without, as older gateways sent it, it is the lines as they are.
 */
export const UsageBatch = z.object({ gatewayId: z.string(), encoding: z.literal('zstd').optional(), events: z.string() });
export type UsageBatch = z.infer<typeof UsageBatch>;

/** The lines of a batch are never longer in all, and whoever takes it unpacks no more. */
export const USAGE_BATCH_MAX_BYTES = 4 * 1024 * 1024;

export const USAGE_QUEUE = 'byok-usage';
