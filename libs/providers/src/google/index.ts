import { probeOf } from '../probe.js';
import type { Provider } from '../provider.js';

// Google's OpenAI-compatible path wants the key as a bearer token; callers of that dialect are translated instead.
export const google: Provider = {
  id: 'google',
  name: 'Google Gemini',
  aliases: ['gemini', 'google-ai'],
  status: { state: 'active', since: null, detail: null },
  links: { console: 'https://aistudio.google.com/apikey', docs: 'https://ai.google.dev/gemini-api/docs', prices: 'https://ai.google.dev/gemini-api/docs/pricing' },
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  paths: {
    generate: { plain: '/models/{model}:generateContent', stream: '/models/{model}:streamGenerateContent?alt=sse' },
    'gemini-embed': '/models/{model}:batchEmbedContents',
    models: '/models',
  },
  endpoints: { generate: 'gemini-generate', 'gemini-embed': 'gemini-embed' },
  auth: { kind: 'header', header: 'x-goog-api-key', prefix: '', optional: false },
  headers: [],
  configFields: [{ name: 'api_key', required: true, secret: true, format: 'AIza… or AQ.…' }],
  key: { hint: 'AIza… or AQ.…', pattern: /^(?:AIza[A-Za-z0-9_-]{35}|AQ\.[A-Za-z0-9_.-]{20,})$/, prefixes: ['AIza', 'AQ.'], adminPrefixes: [] },
  // A bad key is answered with 400 here, and a leaked one with 403.
  probe: probeOf({
    url: '/models?pageSize=1',
    refused: ['api_key_invalid', 'api key not valid', 'api key expired', 'reported as leaked'],
    hintWhenInvalid: 'Keys that begin with AQ. are not taken by every surface of Google; a key of AI Studio that begins with AIza is.',
  }),
  errors: {
    billing: [],
    byCode: {
      API_KEY_INVALID: 'key_rejected',
      ACCESS_TOKEN_TYPE_UNSUPPORTED: 'key_rejected',
      UNAVAILABLE: 'upstream_overloaded',
      DEADLINE_EXCEEDED: 'upstream_timeout',
    },
    byStatus: {},
    byMessage: [
      { status: 400, includes: 'api key not valid', code: 'key_rejected' },
      { status: 400, includes: 'api key expired', code: 'key_rejected' },
      { status: 403, includes: 'reported as leaked', code: 'key_rejected' },
      { status: 400, includes: 'user location is not supported', code: 'key_permission' },
      { status: 400, includes: 'enable billing', code: 'key_no_credit' },
      { status: 429, includes: 'prepayment credits are depleted', code: 'key_no_credit' },
      { status: 429, includes: 'spending cap', code: 'key_no_credit' },
    ],
  },
  usage: { streamOptions: 'not-needed', reasoning: 'excluded' },
  onAbort: 'abort',
  aggregator: false,
  vendorPrefix: 'google',
  ownNamespaces: [],
  ownsModel: [/^gemini-/, /^gemma-/],
  capabilities: ['embeddings', 'streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['gemini-3.1-pro-preview', 'gemini-3.7-flash', 'gemini-3.5-flash-lite', 'gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-embedding-001'],
  rateLimitHeaders: [],
};
