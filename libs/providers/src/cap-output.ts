import { AppError } from '@byok/kernel';
import { chatWire } from './chat-wire.js';
import type { CallEndpoint } from './endpoints.js';
import type { Provider } from './provider.js';
import { MOST_CHOICES, MOST_TOKENS, type BodyScan } from './scan-body.js';

/** What a caller said of how long an answer may be, in tokens; null when nothing. `body` is a JSON object, checked already. */
export function maxOutputOf(endpoint: CallEndpoint, body: Buffer, scan: BodyScan): number | null {
  if (endpoint !== 'generate') return scan.maxTokens;
  return wholeOf(body, 'maxOutputTokens', MOST_TOKENS);
}

/** How many answers a caller wants; null when nothing was said. */
export function choicesOf(endpoint: CallEndpoint, body: Buffer, scan: BodyScan): number | null {
  return endpoint === 'generate' ? wholeOf(body, 'candidateCount', MOST_CHOICES) : scan.n;
}

/** @throws AppError invalid_request: money is reserved by these numbers */
function wholeOf(body: Buffer, name: string, most: number): number | null {
  const said = generationConfigOf(JSON.parse(body.toString()) as Generate)?.[1][name] ?? null;
  if (said === null) return null;
  if (typeof said !== 'number' || !Number.isInteger(said) || said < 1 || said > most) throw new AppError('invalid_request', `The field ${name} must be a whole number from 1 to ${most}.`, { details: { field: name } });
  return said;
}

/** The member that caps an answer where the body itself has it; null where an answer has no length, or the cap lies deeper. */
export function maxOutputField(provider: Provider, endpoint: CallEndpoint, model: string): string | null {
  switch (endpoint) {
    case 'chat':
      return chatWire(provider, model).maxTokensField ?? 'max_tokens';
    case 'completions':
    case 'messages':
      return 'max_tokens';
    case 'responses':
      return 'max_output_tokens';
    case 'embeddings':
    case 'generate':
      return null;
  }
}

type Generate = Record<string, unknown>;

/** Gemini's body with its answers capped. */
export function capGenerate(body: Buffer, maxOutputTokens: number): Buffer {
  const request = JSON.parse(body.toString()) as Generate;
  const [name, config] = generationConfigOf(request) ?? ['generationConfig', {}];
  return Buffer.from(JSON.stringify({ ...request, [name]: { ...config, maxOutputTokens } }));
}

/** Google takes both spellings. */
function generationConfigOf(request: Generate): [string, Generate] | undefined {
  for (const name of ['generationConfig', 'generation_config']) {
    const config = request[name];
    if (typeof config === 'object' && config !== null) return [name, config as Generate];
  }
  return undefined;
}
