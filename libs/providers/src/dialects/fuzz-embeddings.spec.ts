import { AppError } from '@byok/kernel';
import { findProvider } from '../registry.js';
import { crashOf, findings, mutatedBody, RUNS } from '../spec/fuzzing.js';
import { mutateJson, writeMutated } from '../spec/mutate.js';
import { translate } from '../translate.js';
import { EMBEDDING_UPSTREAMS } from './embeddings-registry.js';

const VECTORS = [
  [0.1, -0.25, 3e-5],
  [0, 1, 0.5],
];
/** An answer with two vectors in every dialect that OpenAI's embeddings are translated to. */
const SPEAKERS: Readonly<Record<string, { provider: string; model: string; endpoint: 'cohere-embed' | 'gemini-embed'; answer: object }>> = {
  'cohere-embed': { provider: 'cohere', model: 'embed-v4.0', endpoint: 'cohere-embed', answer: { id: 'e1', embeddings: { float: VECTORS }, texts: ['a', 'b'], meta: { api_version: { version: '2' }, billed_units: { input_tokens: 2 } }, response_type: 'embeddings_by_type' } },
  'gemini-embed': { provider: 'google', model: 'gemini-embedding-001', endpoint: 'gemini-embed', answer: { embeddings: VECTORS.map((values) => ({ values })), usageMetadata: { promptTokenCount: 2 } } },
};

const asked = { model: 'm', input: ['a', 'b'], dimensions: 3, encoding_format: 'base64', user: 'u-1' };

function translated(dialect: string, body: Buffer) {
  const { provider, model, endpoint } = SPEAKERS[dialect]!;
  return translate({ body, from: 'embeddings', to: endpoint, provider: findProvider(provider)!, model, stream: false, requestId: 'req_1', now: 0 });
}

describe.each(Object.keys(EMBEDDING_UPSTREAMS))('damaged embeddings in %s', (dialect) => {
  it(`${RUNS} answers of them are answers with as many vectors as were asked for, or upstream errors`, () => {
    const translation = translated(dialect, Buffer.from(JSON.stringify(asked)));
    const answer = Buffer.from(JSON.stringify(SPEAKERS[dialect]!.answer));
    expect((JSON.parse(translation.whole(answer).body.toString()) as { data: unknown[] }).data).toHaveLength(2);
    const found = findings(RUNS, (dice) => {
      let vectors = 2;
      const body = mutatedBody(answer, dice);
      const crash = crashOf(() => void (vectors = (JSON.parse(translation.whole(body).body.toString()) as { data: unknown[] }).data.length));
      return crash ?? (vectors === 2 ? null : 'another number of vectors');
    });
    expect(found).toEqual([]);
  });

  it(`${RUNS} requests of them are refused or written`, () => {
    const found = findings(RUNS, (dice) => {
      const text = writeMutated(mutateJson(structuredClone(asked), dice), dice);
      return text.startsWith('{') && text.length < 30_000 ? crashOf(() => void translated(dialect, Buffer.from(text))) : null;
    });
    expect(found).toEqual([]);
  });

  it('no stream is expected of them', () => {
    expect(() => translated(dialect, Buffer.from(JSON.stringify(asked))).stream()).toThrow(AppError);
  });
});
