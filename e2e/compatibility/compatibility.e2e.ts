import { shareUndiciDispatcher } from '@byok/testing';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import type { UsageLine, World } from '../support/world.js';
import { aiAnthropic, aiGoogle, aiOpenai, aiOpenaiChat } from './clients/ai-sdk.js';
import { anthropic } from './clients/anthropic.js';
import { googleGenai } from './clients/google-genai.js';
import { langchain } from './clients/langchain.js';
import { openaiChat } from './clients/openai-chat.js';
import { openaiResponses } from './clients/openai-responses.js';
import { expectedOf, renderDocument, renderMatrix } from './render-document.js';
import { countedOf, KINDS, rowsOf, runMatrix, type Matrix } from './run-matrix.js';
import { baseUrlsOf, UPSTREAMS_OF_MATRIX, type Upstream } from './upstreams.js';

const DOCUMENT = join(import.meta.dirname, '../../docs/compatibility.md');
const CLIENTS = [openaiChat, openaiResponses, anthropic, googleGenai, aiOpenai, aiOpenaiChat, aiAnthropic, aiGoogle, langchain];

const { upstream: fake, standalone } = standaloneOfSuite((upstream) => ({ environment: { BYOK_PROVIDER_BASE_URLS: baseUrlsOf(upstream) } }));
let matrix: Matrix;

beforeAll(async () => {
  shareUndiciDispatcher();
  // It says of every model behind another provider's name that it does not know it.
  (globalThis as Record<string, unknown>)['AI_SDK_LOG_WARNINGS'] = false;
  matrix = await runMatrix(standalone, fake, CLIENTS);
  console.log(renderMatrix(matrix));
});

describe.each(CLIENTS.map((client) => [client.name, client] as const))('%s', (_name, client) => {
  it.each(UPSTREAMS_OF_MATRIX.map((upstream) => [upstream.name, upstream] as const))('reaches %s: plain, streamed, with tools, with tools streamed', (_upstreamName, upstream) => {
    const outcomes = matrix.outcomes.filter((each) => each.client === client && each.upstream === upstream);
    expect(outcomes.map(({ kind, said }) => `${kind}: ${said}`)).toEqual(outcomes.map((each) => `${each.kind}: ${expectedOf(each)}`));
    expect(outcomes.map(({ kind }) => kind)).toEqual([...KINDS]);
  });

  it('finds in the usage report what the providers counted', async () => {
    for (const world of new Set(matrix.seats.map((seat) => seat.world))) {
      const seats = matrix.seats.filter((seat) => seat.client === client && seat.world === world);
      const lines = (await reportOf(world)).filter((line) => line.token === seats[0]!.tokenId);
      const reported = seats.map(({ upstream }) => figuresOf(upstream, lines.find((line) => line.provider === upstream.provider)));
      expect(reported).toEqual(seats.map(({ upstream }) => figuresOf(upstream, countedOf(fake, client, upstream))));
      expect(lines.map((line) => line.estimatedRequests)).toEqual(lines.map(() => 0));
    }
  });
});

/** The whole report of a world, as soon as every call that reached a provider is in it. */
function reportOf(world: World): Promise<UsageLine[]> {
  const rows = matrix.seats.filter((seat) => seat.world === world).flatMap((seat) => rowsOf(fake, seat.client, seat.upstream));
  return world.usage('token,provider', rows.length);
}

function figuresOf({ provider }: Upstream, counted: Figures | undefined) {
  const { requests, inputTokens, cachedTokens, outputTokens, reasoningTokens } = counted ?? NOTHING;
  return { provider, requests, inputTokens, cachedTokens, outputTokens, reasoningTokens };
}

type Figures = Record<'requests' | 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'reasoningTokens', number>;
const NOTHING: Figures = { requests: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0, reasoningTokens: 0 };

describe('docs/compatibility.md', () => {
  it('says what was seen here', async () => {
    const document = renderDocument(matrix);
    if (process.env['BYOK_WRITE_DOCS']) await writeFile(DOCUMENT, document);
    expect(await readFile(DOCUMENT, 'utf8')).toBe(document);
  });
});
