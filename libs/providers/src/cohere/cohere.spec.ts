import { classifyError, probeRequest } from '../index.js';
import { cohere } from './index.js';

describe('Cohere', () => {
  it('tells by its check whether a key is good', () => {
    expect(probeRequest(cohere, 'k', {})).toMatchObject({ method: 'POST', url: 'https://api.cohere.com/v1/check-api-key', body: '{}' });
    const judged = (body: string) => cohere.probe!.classify(200, body).outcome;
    expect(judged('{"valid":true,"organization_id":"o","owner_id":"u"}')).toBe('valid');
    expect(judged('{"valid":false}')).toBe('invalid');
    expect(cohere.probe!.classify(401, '{"message":"invalid api token"}').outcome).toBe('invalid');
  });

  it('has a trial key wait for the next minute, and gives it up for the month', () => {
    const limited = (span: string) => classifyError(cohere, 429, {}, JSON.stringify({ message: `You are using a Trial key, which is limited to 1000 API calls / ${span}.` })).code;
    expect(limited('minute')).toBe('rate_limited');
    expect(limited('month')).toBe('key_no_credit');
  });
});
