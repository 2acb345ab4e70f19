import type { Meters } from '@byok/contracts';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { UpstreamEndpoint } from '../endpoints.js';
import type { Provider } from '../provider.js';

/** What must be read from the fixtures of a provider: its expected.json. */
export interface Expected {
  source: string;
  endpoint: UpstreamEndpoint;
  model: string;
  /** Of the plain answer; not for embeddings. */
  text?: string;
  /** Where the stream says something else than the plain answer. */
  streamText?: string;
  reasoning?: string;
  finish?: 'stop' | 'length';
  meters: Meters;
  /** Where a stream tells less than a plain answer does. */
  streamMeters?: Meters | null;
  events: number;
  /** What tools.json and tools-stream.* say. */
  tool?: { source: string; name: string; arguments: object; reasoning?: string };
  error: { status: number; code: string };
}

/** Bytes by file name, wherever they come from. */
export interface Fixtures {
  names: readonly string[];
  read(name: string): Buffer;
}

const HERE = join(import.meta.dirname, '..');

export function fixturesOf(id: string): Fixtures {
  const folder = join(HERE, id, 'fixtures');
  return { names: readdirSync(folder), read: (name) => readFileSync(join(folder, name)) };
}

export function expectedOf(fixtures: Fixtures): Expected {
  return JSON.parse(fixtures.read('expected.json').toString()) as Expected;
}

/** A stream is `stream.txt`, or `stream.bin` where it is no text. */
export function streamOf(fixtures: Fixtures, kind: 'stream' | 'tools-stream'): Buffer {
  const name = fixtures.names.find((each) => each.startsWith(`${kind}.`));
  if (name === undefined) throw new Error(`There is no fixture ${kind}.txt or ${kind}.bin.`);
  return fixtures.read(name);
}

const CONFIG: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'aws-bedrock': { region: 'us-east-1' },
  'azure-openai': { endpoint_url: 'https://acme-1.openai.azure.com' },
  databricks: { workspace_url: 'https://acme-1.cloud.databricks.com' },
  cloudflare: { account_id: '0123456789abcdef0123456789abcdef' },
  'vertex-ai': { project: 'acme-project-1', location: 'europe-west4' },
  'openai-compatible': { base_url: 'https://llm.example.com/v1' },
  lmstudio: { base_url: 'http://localhost:1234/v1' },
  ollama: { base_url: 'http://localhost:11434' },
};

export function configOf(provider: Provider): Readonly<Record<string, string>> {
  return CONFIG[provider.id] ?? {};
}
