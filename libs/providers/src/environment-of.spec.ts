import { PROVIDERS, environmentOf } from './index.js';

const of = (id: string) => environmentOf(PROVIDERS.find((provider) => provider.id === id)!);

describe('variables under which a key lies about', () => {
  it('are the ones that the providers’ own tools read', () => {
    expect(of('openai')).toMatchObject({ OPENAI_API_KEY: 'api_key' });
    expect(of('google')).toMatchObject({ GEMINI_API_KEY: 'api_key', GOOGLE_API_KEY: 'api_key' });
    expect(of('huggingface')).toMatchObject({ HF_TOKEN: expect.any(String) as string });
    expect(of('azure-openai')).toMatchObject({ AZURE_OPENAI_API_KEY: 'api_key', AZURE_OPENAI_ENDPOINT: 'endpoint_url' });
    expect(of('aws-bedrock')).toMatchObject({ AWS_ACCESS_KEY_ID: 'access_key_id', AWS_SECRET_ACCESS_KEY: 'secret_access_key', AWS_BEARER_TOKEN_BEDROCK: 'api_key' });
    expect(of('cohere')).toMatchObject({ CO_API_KEY: 'api_key', COHERE_API_KEY: 'api_key' });
  });

  it('fill a field that the provider has, and mean one provider each', () => {
    const owner = new Map<string, string>();
    for (const provider of PROVIDERS) {
      for (const [name, field] of Object.entries(environmentOf(provider))) {
        expect(provider.configFields.map((each) => each.name)).toContain(field);
        expect(name).toMatch(/^[A-Z][A-Z0-9_]+$/);
        expect([name, owner.get(name) ?? provider.id]).toEqual([name, provider.id]);
        owner.set(name, provider.id);
      }
    }
  });
});
