import { jsonAnswer, type Answer } from './answer.js';
import type { WitnessRow } from './witness.js';

const MODELS = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1-mini', 'text-embedding-3-small'];
const CLAUDES = ['claude-sonnet-4-5', 'claude-haiku-4-5'];
const GEMINIS = ['gemini-2.5-flash', 'gemini-3.1-pro-preview'];
const LLAMAS = ['llama3.2', 'gpt-oss:120b'];
const CREATED = 1_760_000_000;

/** The GETs with which providers are asked whether a key is good, and for its balance; anything else is an empty list. */
export function answerProbe(row: WitnessRow): Answer {
  const path = row.path.split('?', 1)[0] ?? '';
  if (/\/api\/tags$/.test(path)) return jsonAnswer({ models: LLAMAS.map((name) => ({ name, model: name, modified_at: '2025-10-09T08:53:20Z', size: 1 })) });
  if (/\/foundation-models$/.test(path)) return jsonAnswer({ modelSummaries: [{ modelId: 'amazon.nova-lite-v1:0', modelName: 'Nova Lite', providerName: 'Amazon' }] });
  if (/\/account$/.test(path)) return jsonAnswer({ type: 'user', username: 'fake', name: 'Fake' });
  if (/\/models$/.test(path)) return modelList(row);
  const one = /\/models\/([^/]+(?:\/[^/]+)?)$/.exec(path)?.[1];
  if (one) return jsonAnswer({ id: decodeURIComponent(one), object: 'model', created: CREATED, owned_by: 'fake' });
  if (/\/users?\/(?:me\/)?balance$/.test(path)) return jsonAnswer({ is_available: true, balance_infos: [{ currency: 'USD', total_balance: '12.50' }], code: 0, data: { available_balance: 12.5 }, status: true });
  if (/\/key$/.test(path)) return jsonAnswer({ data: { label: 'fake', limit: 25, limit_remaining: 12.5, usage: 12.5, is_free_tier: false } });
  return jsonAnswer({ object: 'list', data: [] });
}

function modelList(row: WitnessRow): Answer {
  if ('anthropic-version' in row.headers) return claudeList();
  if ('x-goog-api-key' in row.headers) return jsonAnswer({ models: GEMINIS.map((name) => ({ name: `models/${name}`, displayName: name, supportedGenerationMethods: ['generateContent', 'countTokens'] })) });
  return jsonAnswer({ object: 'list', data: MODELS.map((id) => ({ id, object: 'model', created: CREATED, owned_by: 'fake' })) });
}

function claudeList(): Answer {
  const data = CLAUDES.map((id) => ({ id, type: 'model', display_name: id, created_at: '2025-10-01T00:00:00Z' }));
  return jsonAnswer({ data, has_more: false, first_id: CLAUDES[0], last_id: CLAUDES.at(-1) });
}
