import type { Meters } from '@byok/contracts';
import { metersOfAnthropic } from './dialects/anthropic-usage.js';
import { metersOfBedrock } from './dialects/bedrock-usage.js';
import { inner } from './dialects/count.js';
import { metersOfGemini } from './dialects/gemini-usage.js';
import { metersOfOpenAi } from './dialects/openai-usage.js';
import { USAGE, USAGE_METADATA, findUsage } from './find-usage.js';
import type { Found } from './find-usage.js';
import type { Dialect } from './endpoints.js';
import type { Provider } from './provider.js';

/** Meters of a whole plain answer (text or parsed); null when it carries no usage. */
export function usageFromAnswer(provider: Provider, dialect: Dialect, answer: string | object): Meters | null {
  if (typeof answer !== 'string') return metersOf(provider, dialect, usageMember(dialect, answer as Found));
  return usageFromBytes(provider, dialect, Buffer.from(answer, 'utf8'));
}

/** The same from bytes, read from the end, where providers put it; nothing else of the answer is parsed. */
export function usageFromBytes(provider: Provider, dialect: Dialect, answer: Buffer): Meters | null {
  // One object is open around a member of the answer itself, two around one of `x_groq`.
  return metersOf(provider, dialect, findUsage(answer, 0, answer.length, 2, dialect === 'gemini-generate' ? USAGE_METADATA : USAGE));
}

const METERS: Readonly<Partial<Record<Dialect, (usage: Found) => Meters | null>>> = {
  'anthropic-messages': metersOfAnthropic,
  'bedrock-converse': metersOfBedrock,
  'gemini-generate': metersOfGemini,
};

export function metersOf(provider: Provider, dialect: Dialect, usage: Found | null): Meters | null {
  if (!usage) return null;
  const read = METERS[dialect];
  return read ? read(usage) : metersOfOpenAi(usage, provider.usage);
}

function usageMember(dialect: Dialect, answer: Found): Found | null {
  if (dialect === 'gemini-generate') return inner(answer, 'usageMetadata');
  return inner(answer, 'usage') ?? inner(inner(answer, 'x_groq') ?? {}, 'usage');
}
