import type { ChatWire } from './chat-wire.js';
import { DIALECT_OF } from './endpoints.js';
import type { Dialect, Endpoint, UpstreamEndpoint } from './endpoints.js';
import type { BaseUrl, ConfigField, EndpointPath, ErrorRules, ExtraHeader, KeyFormat, Provider, ProviderStatus, UsageRules } from './provider.js';
import { probeOf } from './probe.js';
import type { ProbeFacts } from './probe.js';
import type { ResponsesWire } from './responses-wire.js';

/** What a folder has to say; everything else is what most OpenAI-compatible providers do. */
export interface OpenAiCompatibleFacts {
  id: string;
  name: string;
  aliases?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  status?: Partial<ProviderStatus>;
  consoleUrl?: string;
  docsUrl?: string;
  pricesUrl?: string;
  baseUrl: BaseUrl;
  /** An endpoint of another wire needs its path below. */
  endpoints?: readonly UpstreamEndpoint[];
  /** Only where they differ from OpenAI's. */
  paths?: Partial<Record<Endpoint, EndpointPath>>;
  /** Only where it is not a bearer token. */
  keyHeader?: string;
  key: { pattern: RegExp; field?: string; hint?: string; prefixes?: readonly string[]; adminPrefixes?: readonly string[]; optional?: boolean };
  /** Non-secret fields. */
  config?: readonly Omit<ConfigField, 'secret'>[];
  headers?: readonly ExtraHeader[];
  probe?: ProbeFacts;
  errors?: Partial<ErrorRules>;
  usage?: Partial<UsageRules>;
  /** Where its chat differs when a translated request is written. */
  wire?: ChatWire;
  /** The same for its Responses API. */
  responsesWire?: ResponsesWire;
  onAbort?: 'abort' | 'drain';
  aggregator?: boolean;
  vendorPrefix?: string;
  ownNamespaces?: readonly string[];
  ownsModel?: readonly RegExp[];
  capabilities?: readonly string[];
  models?: readonly string[];
  rateLimitHeaders?: readonly string[];
}

const PATHS: Readonly<Partial<Record<Endpoint, string>>> = {
  chat: '/chat/completions',
  completions: '/completions',
  responses: '/responses',
  embeddings: '/embeddings',
  messages: '/messages',
  models: '/models',
};

/** Codes that mean "no money or a cap" wherever OpenAI's error shape is spoken. */
const BILLING = ['insufficient_quota', 'insufficient_balance', 'billing_hard_limit_reached'];

/** A provider that speaks OpenAI's wire, from the few facts in which it differs. */
export function openAiCompatible(facts: OpenAiCompatibleFacts): Provider {
  const endpoints = facts.endpoints ?? ['chat'];
  const billing = [...BILLING, ...(facts.errors?.billing ?? [])];
  return {
    id: facts.id,
    name: facts.name,
    aliases: facts.aliases ?? [],
    ...(facts.environment === undefined ? {} : { environment: facts.environment }),
    status: { state: 'active', since: null, detail: null, ...facts.status },
    links: { console: facts.consoleUrl ?? null, docs: facts.docsUrl ?? null, prices: facts.pricesUrl ?? null },
    baseUrl: facts.baseUrl,
    paths: pathsOf(endpoints, facts.paths),
    endpoints: dialectsOf(endpoints),
    auth: { kind: 'header', header: facts.keyHeader ?? 'authorization', prefix: facts.keyHeader === undefined ? 'Bearer ' : '', optional: facts.key.optional ?? false },
    headers: facts.headers ?? [],
    configFields: [secretField(facts), ...(facts.config ?? []).map((field) => ({ ...field, secret: false }))],
    key: keyFormat(facts.key),
    probe: facts.status?.state === 'discontinued' ? null : probeOf({ billing, ...facts.probe }),
    errors: { billing, byCode: facts.errors?.byCode ?? {}, byStatus: facts.errors?.byStatus ?? {}, byMessage: facts.errors?.byMessage ?? [] },
    usage: { streamOptions: 'inject', reasoning: 'included', ...facts.usage },
    ...(facts.wire === undefined ? {} : { wire: facts.wire }),
    ...(facts.responsesWire === undefined ? {} : { responsesWire: facts.responsesWire }),
    onAbort: facts.onAbort ?? 'abort',
    aggregator: facts.aggregator ?? false,
    vendorPrefix: facts.vendorPrefix ?? null,
    ownNamespaces: facts.ownNamespaces ?? [],
    ownsModel: facts.ownsModel ?? [],
    capabilities: [...endpoints, ...(facts.capabilities ?? ['streaming', 'tools'])],
    models: facts.models ?? [],
    rateLimitHeaders: facts.rateLimitHeaders ?? [],
  };
}

/** A provider that has shut down: its row stays, so that old keys can be listed and removed, and a call gets a clear answer. */
export function discontinued(facts: Pick<OpenAiCompatibleFacts, 'id' | 'name' | 'aliases' | 'baseUrl'> & { since: string; why: string; keyPrefix?: string }): Provider {
  return openAiCompatible({
    ...facts,
    status: { state: 'discontinued', since: facts.since, detail: facts.why },
    endpoints: [],
    // Matches nothing on purpose: there are no new keys.
    key: { pattern: /(?!)/, hint: '(no new keys)', prefixes: facts.keyPrefix === undefined ? [] : [facts.keyPrefix] },
    capabilities: [],
  });
}

function pathsOf(endpoints: readonly UpstreamEndpoint[], own: OpenAiCompatibleFacts['paths']): Provider['paths'] {
  const paths: Partial<Record<Endpoint, EndpointPath>> = {};
  for (const endpoint of [...endpoints, 'models'] as const) {
    const path = own?.[endpoint] ?? PATHS[endpoint];
    if (path !== undefined) paths[endpoint] = path;
  }
  return paths;
}

function dialectsOf(endpoints: readonly UpstreamEndpoint[]): Provider['endpoints'] {
  const dialects: Partial<Record<UpstreamEndpoint, Dialect>> = {};
  for (const endpoint of endpoints) dialects[endpoint] = DIALECT_OF[endpoint];
  return dialects;
}

function secretField(facts: OpenAiCompatibleFacts): ConfigField {
  return { name: facts.key.field ?? 'api_key', required: !facts.key.optional, secret: true, format: facts.key.hint ?? 'as the provider shows it' };
}

function keyFormat(key: OpenAiCompatibleFacts['key']): KeyFormat {
  return { hint: key.hint ?? 'as the provider shows it', pattern: key.pattern, prefixes: key.prefixes ?? [], adminPrefixes: key.adminPrefixes ?? [] };
}
