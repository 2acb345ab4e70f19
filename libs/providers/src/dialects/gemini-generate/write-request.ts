import type { Provider } from '../../provider.js';
import type { ChatRequest } from '../chat-form.js';
import { isGoogleCloud } from './rules.js';
import { toCamel } from './wire.js';
import { writeContents } from './write-contents.js';
import { writeGenerationConfig } from './write-generation-config.js';
import { writeTools } from './write-tools.js';

/** What a caller may add to a request in Google's own words. */
const TOP = new Set(['safetySettings', 'cachedContent', 'serviceTier']);
/** Only its cloud knows them. */
const TOP_OF_CLOUD = new Set(['safetySettings', 'cachedContent', 'labels']);
const GENERATION = new Set(['mediaResolution', 'responseModalities', 'speechConfig', 'imageConfig', 'audioTimestamp', 'enableEnhancedCivicAnswers']);
const GENERATION_PREFIX = 'generationConfig.';

/** A generateContent body. The model and whether to stream are in the path. */
export function writeRequest(request: ChatRequest, provider: Provider): { body: object; usedExtras: string[] } {
  const isCloud = isGoogleCloud(provider);
  const known = isCloud ? TOP_OF_CLOUD : TOP;
  const top = Object.entries(request.extras).filter(([name]) => known.has(toCamel(name)));
  const generation = Object.entries(request.extras).filter(([name]) => name.startsWith(GENERATION_PREFIX) && GENERATION.has(toCamel(name.slice(GENERATION_PREFIX.length))));
  const config = writeGenerationConfig(request, Object.fromEntries(generation.map(([name, value]) => [toCamel(name.slice(GENERATION_PREFIX.length)), value])));
  const body = {
    ...writeContents(request, !isCloud),
    ...writeTools(request),
    ...(config ? { generationConfig: config } : {}),
    ...Object.fromEntries(top.map(([name, value]) => [toCamel(name), value])),
  };
  return { body, usedExtras: [...top, ...generation].map(([name]) => name) };
}
