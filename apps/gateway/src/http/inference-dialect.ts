import { AppError } from '@byok/kernel';
import { z } from 'zod';
import { creditsCharged, type CallFacts } from './call-facts.js';

const Inference = z.strictObject({
  prompt: z.string().optional(),
  messages: z.array(z.looseObject({ role: z.string() })).max(10_000).optional(),
  system: z.string().optional(),
  provider: z.string().max(64).optional(),
  model: z.string().min(1).max(256),
  max_tokens: z.int().positive().optional(),
  maxTokens: z.int().positive().optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  stop: z.union([z.string(), z.array(z.string())]).optional(),
  seed: z.int().optional(),
  user: z.string().max(256).optional(),
});

/**
 * `{prompt, provider, model, …}` as a chat request.
 * @throws AppError malformed_json, invalid_request
 */
export function fromInference(body: Buffer): Buffer {
  const { prompt, messages, system, provider, model, maxTokens, ...options } = parse(body);
  if ((prompt === undefined) === (messages === undefined)) throw new AppError('invalid_request', 'Send either "prompt" or "messages".');
  const conversation = messages ?? [{ role: 'user', content: prompt }];
  return Buffer.from(
    JSON.stringify({
      model: provider === undefined || model.startsWith(`${provider}/`) ? model : `${provider}/${model}`,
      messages: system === undefined ? conversation : [{ role: 'system', content: system }, ...conversation],
      ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      ...options,
    }),
  );
}

function parse(body: Buffer): z.infer<typeof Inference> {
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    throw new AppError('malformed_json', 'The body is not valid JSON.');
  }
  const parsed = Inference.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.join('.') || 'the body'])))].slice(0, 5);
  throw new AppError('invalid_request', `These fields cannot be used here: ${fields.join(', ')}. Streaming and tools are at /v1/chat/completions.`);
}

interface ChatAnswer {
  model?: string;
  choices?: { message?: { content?: string | null }; finish_reason?: string | null }[];
  usage?: { prompt_tokens?: number; completion_tokens?: number; total_tokens?: number };
}

/** A chat answer as `{success, response, text, model, provider, usage, isBYOK, …}`. */
export function toInference(body: Buffer, facts: CallFacts): Buffer {
  const answer = parseAnswer(body);
  const text = answer.choices?.[0]?.message?.content ?? '';
  return Buffer.from(
    JSON.stringify({
      success: true,
      response: text,
      text,
      model: answer.model ?? null,
      provider: facts.attempt.provider.id,
      finishReason: answer.choices?.[0]?.finish_reason ?? null,
      usage: answer.usage
        ? { promptTokens: answer.usage.prompt_tokens ?? 0, completionTokens: answer.usage.completion_tokens ?? 0, totalTokens: answer.usage.total_tokens ?? 0 }
        : null,
      isBYOK: !facts.attempt.usesPlatformCredits,
      keyOwner: facts.attempt.owner.type,
      creditsCharged: creditsCharged(facts),
      requestId: facts.requestId,
    }),
  );
}

function parseAnswer(body: Buffer): ChatAnswer {
  try {
    return JSON.parse(body.toString()) as ChatAnswer;
  } catch {
    throw new AppError('upstream_error', "The provider's answer is not JSON.");
  }
}
