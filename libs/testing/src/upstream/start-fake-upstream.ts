import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { accessKeyIdOf } from './aws-signature.js';
import { Behaviours, type BehaviourRule } from './behaviour.js';
import { deliver } from './deliver.js';
import type { RequestBody } from './openai-chat.js';
import { isStreamRequest, modelOf, Providers } from './routes.js';
import type { WitnessRow } from './witness.js';

export interface FakeUpstream {
  /** `http://127.0.0.1:<port>`; a provider lives at `${url}/<provider id>/v1`. */
  url: string;
  /** The value of BYOK_PROVIDER_BASE_URLS that sends these providers here. */
  baseUrls(...providers: string[]): Record<string, string>;
  /** Every request since the start or the last reset, in order of arrival. */
  witness(): readonly WitnessRow[];
  /** Requests that are neither answered in full nor given up. */
  openRequests(): number;
  /** Adds a rule; the returned function takes it away again. */
  behave(rule: BehaviourRule): () => void;
  /** A Google service account that the fake's token endpoint (any path that ends in /token) knows: the JSON of its key file. */
  serviceAccount(name?: string): string;
  /** Forgets rules and witness rows. */
  reset(): void;
  close(): Promise<void>;
}

export interface FakeUpstreamOptions {
  port?: number;
  host?: string;
  /** false: keeps no rows, for benches. */
  isWitness?: boolean;
}

/** One server that stands for every provider: it answers deterministically, obeys `behave`, and remembers what it saw. */
export async function startFakeUpstream(options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  let rows: WitnessRow[] = [];
  let count = 0;
  const behaviours = new Behaviours();
  const providers = new Providers();
  const open = new Set<WitnessRow>();

  const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    const id = `fake${(count++).toString(36).padStart(8, '0')}`;
    const row = rowOf(request, id);
    if (options.isWitness !== false) rows.push(row);
    open.add(row);
    response.once('close', () => {
      row.isAborted = !row.isFinished;
      open.delete(row);
    });
    collect(request, (body) => void respond(response, row, body, behaviours, providers));
  });
  const port = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const url = `http://${options.host ?? '127.0.0.1'}:${port}`;

  return {
    url,
    baseUrls: (...ids) => Object.fromEntries(ids.map((provider) => [provider, `${url}/${provider}/v1`])),
    witness: () => rows,
    openRequests: () => open.size,
    behave: (rule) => behaviours.add(rule),
    serviceAccount: (name = 'gateway') => providers.tokens.makeAccount(name),
    reset: () => {
      rows = [];
      behaviours.clear();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(response: ServerResponse, row: WitnessRow, text: string, behaviours: Behaviours, providers: Providers): Promise<void> {
  const body = parse(text);
  row.body = text;
  row.model = modelOf(row.path, body);
  row.stream = isStreamRequest(row.path, body);
  row.caller = callerOf(body);
  const rule = behaviours.take(row);
  await deliver(response, providers.answer(row, body, rule, row.answerId), rule, row);
}

function rowOf(request: IncomingMessage, answerId: string): WitnessRow {
  const headers = request.headers as Record<string, string>;
  const authorization = headers['authorization'];
  const path = request.url ?? '/';
  return {
    answerId,
    at: Date.now(),
    provider: path.split('/', 2)[1] ?? '',
    method: request.method ?? 'GET',
    path,
    key: accessKeyIdOf(authorization) ?? authorization?.replace(/^Bearer /, '') ?? headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers['api-key'] ?? null,
    model: null,
    stream: false,
    caller: null,
    headers,
    body: '',
    status: 0,
    usage: null,
    eventsDelivered: 0,
    bytesDelivered: 0,
    isAborted: false,
    isCut: false,
    isFinished: false,
  };
}

function callerOf(body: RequestBody | undefined): string | null {
  const metadata = body?.['metadata'] as { user_id?: unknown } | undefined;
  const caller = body?.['user'] ?? metadata?.user_id;
  return typeof caller === 'string' ? caller : null;
}

function collect(request: IncomingMessage, done: (body: string) => void): void {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => done(parts.length === 1 ? parts[0]!.toString() : Buffer.concat(parts).toString()));
}

function parse(text: string): RequestBody | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as RequestBody;
  } catch {
    return undefined;
  }
}

function listen(server: ReturnType<typeof createServer>, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as { port: number }).port));
  });
}
