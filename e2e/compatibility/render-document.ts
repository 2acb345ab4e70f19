import { FIELDS, findProvider, UPSTREAMS, type FieldRules } from '@byok/providers';
import type { Client } from './conversation.js';
import { KINDS, type Matrix, type Outcome } from './run-matrix.js';
import { UPSTREAMS_OF_MATRIX, type Upstream } from './upstreams.js';

/** The matrix and the rules as docs/compatibility.md says them. */
export function renderDocument(matrix: Matrix): string {
  return `${[
    '# Who can call what',
    'Written by `e2e/compatibility` from what it saw, and checked by it on every run; `BYOK_WRITE_DOCS=1` writes it anew.',
    '## Clients and providers',
    'Each client is the published package, unmodified: only base URL and token are ours. Each of them asked each provider plain, streamed, and with two tools called at once whose results it sent back, plain and streamed; the typed result was looked at, and its usage is the same as in the log of the provider and in `GET /api/usage`.',
    renderMatrix(matrix),
    '- **same**: the provider speaks the dialect of the client; bytes pass as they are, unknown fields and all.\n- **yes**: the gateway translates.\n- **text**: translated; there are no tools at the provider, and a request with tools is refused with a clear 400. Its streams tell no usage, so the client sees none; the gateway asks for it afterwards, and the report has it.',
    '`ai` with `@ai-sdk/openai` speaks Responses, and unless it is told otherwise it believes that the server has kept every answer: in a longer conversation it sends ids in place of texts. Providers that speak Responses know them. A call that is translated is refused then, clearly: set `providerOptions: { openai: { store: false } }`, or use `.chat()`.',
    '## What becomes of a field',
    'When a call is translated, every field that a provider may not know has a rule: empty means that it is sent, as it is or in words that mean the same; *dropped* means that the answer names it in `x-byok-dropped-params`; **refused** means 400 `param_not_supported`, because without it the request would mean something else. Fields which are not in this table and which the target does not know are dropped and named, too. Where rules differ from model to model, these are those of the model in the head of the column.',
    renderRules(),
  ].join('\n\n')}\n`;
}

/** The same as one line per client, for the output of the test. */
export function renderMatrix({ outcomes }: Matrix): string {
  const clients = [...new Set(outcomes.map(({ client }) => client))];
  const rows = clients.map((client) => [client.name, ...UPSTREAMS_OF_MATRIX.map((upstream) => cellOf(client, upstream, outcomes))]);
  return table(['Client', ...UPSTREAMS_OF_MATRIX.map(({ name }) => name)], rows);
}

function cellOf(client: Client, upstream: Upstream, outcomes: readonly Outcome[]): string {
  const failed = KINDS.filter((kind) => !isGood(outcomes.find((each) => each.client === client && each.upstream === upstream && each.kind === kind)));
  if (failed.length > 0) return `not ${failed.join(', ')}`;
  if (upstream.isTextOnly) return 'text';
  return findProvider(upstream.provider)!.endpoints[client.endpoint] === undefined ? 'yes' : 'same';
}

function isGood(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome.said === expectedOf(outcome);
}

/** What is right for a cell. */
export function expectedOf({ upstream, kind }: Outcome): string {
  return upstream.isTextOnly && kind.startsWith('tools') ? 'refused' : 'ok';
}

function renderRules(): string {
  const columns = UPSTREAMS_OF_MATRIX.map(({ name, provider, model, dialect }) => ({ head: `${name} \`${model}\``, rules: UPSTREAMS[dialect]!.rules(findProvider(provider)!, model) }));
  const rows = FIELDS.map((field) => [`\`${field}\``, ...columns.map(({ rules }) => SHOWN[rules[field]])]);
  return table(['Field', ...columns.map(({ head }) => head)], rows);
}

const SHOWN: Record<FieldRules[keyof FieldRules], string> = { sent: '', dropped: '*dropped*', refused: '**refused**' };

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
