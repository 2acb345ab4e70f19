import type { ProviderMessage } from '@byok/contracts';
import { splitFields } from './split-fields.js';

const field = (name: string, secret: boolean) => ({ name, secret, required: true, format: '', default: '' });
const provider = (...configFields: ProviderMessage['configFields']) => ({ id: 'p', name: 'P', configFields }) as unknown as ProviderMessage;

describe('splitFields', () => {
  it('never lets a secret field pass as a readable one', () => {
    const azure = provider(field('endpoint_url', false), field('api_key', true));
    expect(() => splitFields(azure, 'k', { api_key: 'canary' })).toThrow('belongs into apiKey');
    expect(splitFields(azure, { endpoint_url: 'https://a', api_key: 'k' })).toEqual({ provider: 'p', secret: 'k', config: { endpoint_url: 'https://a' } });
  });

  it('sends several secrets as one JSON object', () => {
    const bedrock = provider(field('access_key_id', true), field('secret_access_key', true), field('region', false));
    const split = splitFields(bedrock, { access_key_id: 'a', secret_access_key: 'b', region: 'r' });
    expect(split).toEqual({ provider: 'p', secret: '{"access_key_id":"a","secret_access_key":"b"}', config: { region: 'r' } });
  });

  it('names the fields it misses and never a value', () => {
    expect(() => splitFields(provider(field('token', true)), { other: 'canary' })).toThrow(/token/);
    expect(() => splitFields(provider(field('token', true)), { other: 'canary' })).not.toThrow(/canary/);
  });
});
