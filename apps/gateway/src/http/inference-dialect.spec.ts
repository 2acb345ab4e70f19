import { fromInference } from './inference-dialect.js';

const translated = (body: object): unknown => JSON.parse(fromInference(Buffer.from(JSON.stringify(body))).toString());

describe('/api/inference', () => {
  it('becomes a chat request of the provider it names', () => {
    expect(translated({ prompt: 'Hello world', provider: 'openai', model: 'gpt-4', maxTokens: 5 })).toEqual({ model: 'openai/gpt-4', messages: [{ role: 'user', content: 'Hello world' }], max_tokens: 5 });
  });

  it('takes a model without a provider, and does not name the provider twice', () => {
    expect(translated({ prompt: 'Hi', model: 'gpt-4' })).toMatchObject({ model: 'gpt-4' });
    expect(translated({ prompt: 'Hi', provider: 'openai', model: 'openai/gpt-4' })).toMatchObject({ model: 'openai/gpt-4' });
    expect(translated({ prompt: 'Hi', provider: 'openrouter', model: 'meta-llama/llama-3.1-8b-instruct:free' })).toMatchObject({ model: 'openrouter/meta-llama/llama-3.1-8b-instruct:free' });
  });

  it('puts a system text first', () => expect(translated({ system: 'Be short.', prompt: 'Hi', model: 'm' })).toMatchObject({ messages: [{ role: 'system' }, { role: 'user' }] }));

  it('B10 refuses fields that would steer where the call goes', () => {
    for (const field of ['api_base', 'base_url', 'extra_headers', 'proxy', 'headers', 'stream']) expect(() => translated({ prompt: 'Hi', model: 'm', [field]: 'x' })).toThrow(field);
  });

  it('refuses neither or both of prompt and messages, and no JSON without quoting it', () => {
    expect(() => translated({ model: 'm' })).toThrow('prompt');
    expect(() => fromInference(Buffer.from('sk-secret-not-json'))).toThrow(/^The body is not valid JSON\.$/);
  });
});
