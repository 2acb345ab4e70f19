import { awsSecretOf, type FakeUpstream } from '@byok/testing';
import type { Dialect } from '@byok/providers';
import { providerKeys } from '../support/provider-keys.js';

/** A provider of the matrix: with which key, config and model it is called. */
export interface Upstream {
  /** Of the column; also the name of the world that its key lives in, where there are two of one provider. */
  name: string;
  provider: string;
  /** What it is asked in when the caller speaks another dialect. */
  dialect: Dialect;
  model: string;
  key(fake: FakeUpstream): string;
  config?: Record<string, string>;
  /** It has nothing like tools: the check is that they are refused clearly. */
  isTextOnly?: boolean;
  /** Its streams tell no usage, so neither can ours; the gateway asks for it afterwards, and the report has it. */
  isStreamSilent?: boolean;
}

const letters = (length: number) => 'e2eKey0'.padEnd(length, 'x');
const ACCESS_KEY_ID = 'AKIAE2EABCDEFGHIJKLM';

export const UPSTREAMS_OF_MATRIX: readonly Upstream[] = [
  { name: 'OpenAI-compatible chat (Mistral)', provider: 'mistral', dialect: 'openai-chat', model: 'mistral-small-latest', key: providerKeys.mistral },
  { name: 'OpenAI responses (Perplexity)', provider: 'perplexity', dialect: 'openai-responses', model: 'perplexity/sonar', key: () => `pplx-${letters(48)}` },
  { name: 'Anthropic messages', provider: 'anthropic', dialect: 'anthropic-messages', model: 'claude-haiku-4-5', key: providerKeys.anthropic },
  { name: 'Gemini', provider: 'google', dialect: 'gemini-generate', model: 'gemini-3.1-pro-preview', key: () => `AIzaSy${letters(33)}` },
  { name: 'Azure (v1)', provider: 'azure-openai', dialect: 'openai-chat', model: 'my-gpt', key: () => letters(84), config: { endpoint_url: 'https://acme.openai.azure.com' } },
  { name: 'Azure (deployments)', provider: 'azure-openai', dialect: 'openai-chat', model: 'my-gpt', key: () => letters(84), config: { endpoint_url: 'https://acme.openai.azure.com', api_version: '2024-10-21' } },
  { name: 'Vertex AI', provider: 'vertex-ai', dialect: 'gemini-generate', model: 'gemini-2.5-flash', key: (fake) => fake.serviceAccount(), config: { project: 'project-one', location: 'us-central1' } },
  {
    name: 'Bedrock Converse',
    provider: 'aws-bedrock',
    dialect: 'bedrock-converse',
    model: 'amazon.nova-lite-v1:0',
    key: () => JSON.stringify({ access_key_id: ACCESS_KEY_ID, secret_access_key: awsSecretOf(ACCESS_KEY_ID) }),
    config: { region: 'us-east-1' },
  },
  { name: 'Cohere v2', provider: 'cohere', dialect: 'cohere-chat', model: 'command-a-03-2025', key: () => letters(40) },
  { name: 'Ollama', provider: 'ollama', dialect: 'ollama-chat', model: 'llama3.2', key: () => letters(20), config: { base_url: 'http://localhost:11434' } },
  { name: 'Replicate', provider: 'replicate', dialect: 'replicate-predictions', model: 'meta/meta-llama-3-8b-instruct', key: () => `r8_${letters(37)}`, isTextOnly: true, isStreamSilent: true },
];

/** BYOK_PROVIDER_BASE_URLS: every provider of the matrix at the fake, behind a path that names it. */
export function baseUrlsOf(fake: FakeUpstream): string {
  return JSON.stringify(Object.fromEntries(UPSTREAMS_OF_MATRIX.map(({ provider }) => [provider, `${fake.url}/${provider}${PREFIXES[provider] ?? '/v1'}`])));
}

/** Where a provider's own base URL ends. */
const PREFIXES: Readonly<Record<string, string>> = { google: '/v1beta', 'azure-openai': '/openai', 'vertex-ai': '', 'aws-bedrock': '', cohere: '/v2', ollama: '' };
