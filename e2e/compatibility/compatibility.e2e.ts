import { shareUndiciDispatcher, startFakeUpstream, sumUsage, type FakeUpstream } from '@byok/testing';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startStandalone, type Standalone } from '../support/start-standalone.js';
import { aiAnthropic, aiGoogle, aiOpenai, aiOpenaiChat } from './clients/ai-sdk.js';
import { anthropic } from './clients/anthropic.js';
import { googleGenai } from './clients/google-genai.js';
import { langchain } from './clients/langchain.js';
import { openaiChat } from './clients/openai-chat.js';
import { openaiResponses } from './clients/openai-responses.js';
import { expectedOf, renderDocument, renderMatrix } from './render-document.js';
import { KINDS, rowsOf, runMatrix, type Matrix } from './run-matrix.js';
import { baseUrlsOf, UPSTREAMS_OF_MATRIX } from './upstreams.js';

const DOCUMENT = join(import.meta.dirname, '../../docs/compatibility.md');
const CLIENTS = [openaiChat, openaiResponses, anthropic, googleGenai, aiOpenai, aiOpenaiChat, aiAnthropic, aiGoogle, langchain];

let fake: FakeUpstream;
let standalone: Standalone;
let matrix: Matrix;

beforeAll(async () => {
  shareUndiciDispatcher();
  fake = await startFakeUpstream();
  standalone = await startStandalone({ environment: { BYOK_PROVIDER_BASE_URLS: baseUrlsOf(fake) } });
  matrix = await runMatrix(standalone, fake, CLIENTS);
  console.log(renderMatrix(matrix));
}, 120_000);
afterAll(async () => {
  await standalone?.stop();
  await fake?.close();
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
      const expected = new Map(seats.map(({ upstream }) => [upstream.provider, countedOf(upstream)]));
      const lines = (await world.usage('token,provider')).filter((line) => line.token === seats[0]!.tokenId);
      const found = new Map(lines.map(({ provider, requests, estimatedRequests, inputTokens, cachedTokens, outputTokens, reasoningTokens }) => {
        const uncounted = expected.get(provider!)?.estimatedRequests === 0 ? {} : { inputTokens: 0, cachedTokens: 0, outputTokens: 0, reasoningTokens: 0 };
        return [provider, { requests, estimatedRequests, inputTokens, cachedTokens, outputTokens, reasoningTokens, ...uncounted }];
      }));
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    }
  });

  /** Where one call was counted by nobody, there is nothing to compare but the number of calls. */
  function countedOf(upstream: (typeof UPSTREAMS_OF_MATRIX)[number]) {
    const { requests, inputTokens, cachedTokens, outputTokens, reasoningTokens } = sumUsage(rowsOf(fake, client, upstream));
    if (upstream.isStreamUncounted) return { requests, estimatedRequests: 1, inputTokens: 0, cachedTokens: 0, outputTokens: 0, reasoningTokens: 0 };
    return { requests, estimatedRequests: 0, inputTokens, cachedTokens, outputTokens, reasoningTokens };
  }
});

describe('docs/compatibility.md', () => {
  it('says what was seen here', async () => {
    const document = renderDocument(matrix);
    if (process.env['BYOK_WRITE_DOCS']) await writeFile(DOCUMENT, document);
    expect(await readFile(DOCUMENT, 'utf8')).toBe(document);
  });
});
