import { findProvider, translate } from './index.js';
import type { Translation, UpstreamEndpoint } from './index.js';
import { failure } from './spec/failure.js';

// Both targets by their own dialect; which provider it is decides only the sentences.
const provider = findProvider('openai')!;
const call = (to: UpstreamEndpoint, body: object): Translation => translate({ body: Buffer.from(JSON.stringify(body)), from: 'embeddings', to, provider, model: 'embed-x', stream: false, requestId: 'req_1', now: 0 });
const sent = (translation: Translation) => JSON.parse(translation.body.toString()) as Record<string, unknown>;

const VECTORS = [
  [0.5, -0.25, 1],
  [0.125, 2, -3.5],
];
/** docs.cohere.com/reference/embed, answer to embedding_types ["float"]. */
const COHERE = { id: 'da6e531f', texts: ['a', 'b'], embeddings: { float: VECTORS }, meta: { api_version: { version: '2' }, billed_units: { input_tokens: 5 } }, response_type: 'embeddings_by_type' };
/** ai.google.dev/api/embeddings, batchEmbedContents. */
const GEMINI = { embeddings: VECTORS.map((values) => ({ values })), usageMetadata: { promptTokenCount: 5 } };
const ANSWERS = { 'cohere-embed': COHERE, 'gemini-embed': GEMINI } as const;
const TARGETS = ['cohere-embed', 'gemini-embed'] as const;

describe('embeddings of another dialect', () => {
  it('asks Cohere for texts with an input type and plain numbers', () => {
    expect(sent(call('cohere-embed', { model: 'embed-v4.0', input: ['a', 'b'], dimensions: 256 }))).toEqual({ model: 'embed-x', texts: ['a', 'b'], input_type: 'search_document', embedding_types: ['float'], output_dimension: 256 });
    expect(sent(call('cohere-embed', { model: 'm', input: 'a', input_type: 'search_query', truncate: 'END' }))).toMatchObject({ texts: ['a'], input_type: 'search_query', truncate: 'END' });
  });

  it('asks Gemini for a batch that names the model for every text', () => {
    const one = (text: string) => ({ model: 'models/embed-x', content: { role: 'user', parts: [{ text }] }, taskType: 'RETRIEVAL_QUERY', outputDimensionality: 256 });
    expect(sent(call('gemini-embed', { model: 'm', input: ['a', 'b'], dimensions: 256, input_type: 'query' }))).toEqual({ requests: [one('a'), one('b')] });
    expect(sent(call('gemini-embed', { model: 'm', input: 'a' }))).toEqual({ requests: [{ model: 'models/embed-x', content: { role: 'user', parts: [{ text: 'a' }] } }] });
  });

  it.each(TARGETS)('%s: answers in order, with usage, in the encoding that was asked for', (to) => {
    const answer = Buffer.from(JSON.stringify(ANSWERS[to]));
    const plain = call(to, { model: 'm', input: ['a', 'b'] }).whole(answer);
    expect(JSON.parse(plain.body.toString())).toEqual({
      object: 'list',
      data: VECTORS.map((embedding, index) => ({ object: 'embedding', index, embedding })),
      model: 'embed-x',
      usage: { prompt_tokens: 5, total_tokens: 5 },
    });
    expect(plain.end()).toMatchObject({ sawTerminal: true, meters: { inputUncached: 5, output: 0 } });
    const packed = JSON.parse(call(to, { model: 'm', input: ['a', 'b'], encoding_format: 'base64' }).whole(answer).body.toString()) as { data: { embedding: string }[] };
    const unpacked = packed.data.map(({ embedding }) => [...new Float32Array(new Uint8Array(Buffer.from(embedding, 'base64')).buffer)]);
    expect(unpacked).toEqual(VECTORS);
  });

  it.each(TARGETS)('%s: names what it cannot tell the provider', (to) => {
    expect(call(to, { model: 'm', input: 'a', user: 'u', late_chunking: true }).dropped).toEqual(['user', 'late_chunking']);
    expect(call(to, { model: 'm', input: 'a', input_type: 'haiku' }).dropped).toEqual(['input_type']);
    expect(call(to, { model: 'm', input: 'a', encoding_format: 'base64', dimensions: null }).dropped).toEqual([]);
  });

  it.each(TARGETS)('%s: refuses token ids, so that the next key may serve them', (to) => {
    for (const input of [[1, 2, 3], [[1], [2, 3]]]) {
      const error = failure(() => call(to, { model: 'm', input }));
      expect([error.code, error.details, error.rule.next]).toEqual(['param_not_supported', { param: 'input' }, 'next-attempt']);
    }
  });

  it.each([
    ['input', { input: '' }],
    ['input', { input: [] }],
    ['input', { input: ['a', ''] }],
    ['input', { input: ['a', 1] }],
    ['input', { input: [[]] }],
    ['input', { input: { text: 'a' } }],
    ['input', {}],
    ['encoding_format', { input: 'a', encoding_format: 'int8' }],
    ['dimensions', { input: 'a', dimensions: 0 }],
    ['dimensions', { input: 'a', dimensions: '256' }],
    ['user', { input: 'a', user: 1 }],
  ])('refuses a wrong %s in %j and says which field it was', (param, body) => {
    for (const to of TARGETS) expect(failure(() => call(to, { model: 'm', ...body }))).toMatchObject({ code: 'invalid_request', details: { param } });
  });

  it.each(TARGETS)('%s: takes nothing for an answer that does not hold a vector for every text', (to) => {
    const broken = ['[]', '{}', 'null', 'nope', '"x"', JSON.stringify({ embeddings: { float: [[1]] } }), JSON.stringify({ embeddings: [{ values: [1] }] }), JSON.stringify({ embeddings: { float: [[1], ['2']] } }), JSON.stringify({ embeddings: [{ values: [1] }, { values: [] }] })];
    for (const answer of broken) expect(failure(() => call(to, { model: 'm', input: ['a', 'b'] }).whole(Buffer.from(answer))).code).toBe('upstream_error');
  });

  it.each(TARGETS)('%s: invents no usage', (to) => {
    const { meta: _, ...cohere } = COHERE;
    const answer = to === 'cohere-embed' ? cohere : { embeddings: GEMINI.embeddings };
    const whole = call(to, { model: 'm', input: ['a', 'b'] }).whole(Buffer.from(JSON.stringify(answer)));
    expect(whole.end().meters).toBeNull();
    expect(JSON.parse(whole.body.toString())).not.toHaveProperty('usage');
  });

  it('translates between embeddings only', () => {
    expect(failure(() => translate({ body: Buffer.from('{"input":"a"}'), from: 'chat', to: 'cohere-embed', provider, model: 'm', stream: false, requestId: 'r', now: 0 })).code).toBe('dialect_not_supported');
  });
});
