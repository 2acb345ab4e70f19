import { Secret } from '@byok/kernel';
import { redact } from './redact.js';

const key = 'sk-proj-AbCdEfGhIjKlMnOpQrStUvWxYz/+0123456789';

describe('redact', () => {
  const forms: Record<string, string> = {
    plain: key,
    'a piece': key.slice(5, 20),
    base64: Buffer.from(key).toString('base64'),
    'base64 with a prefix of one': Buffer.from(`x${key}`).toString('base64'),
    'base64 with a prefix of two': Buffer.from(`xy${key}`).toString('base64'),
    base64url: Buffer.from(key).toString('base64url'),
    hex: Buffer.from(key).toString('hex'),
    'upper-case hex': Buffer.from(key).toString('hex').toUpperCase(),
    'URL-encoded': encodeURIComponent(key),
  };

  it.each(Object.entries(forms))('D01 takes the key out of what a provider says: %s', (_name, form) => {
    const clean = redact(`Incorrect API key provided: ${form}. See your account.`, new Secret(key));
    for (let start = 0; start + 12 <= form.length - 4; start++) expect(clean).not.toContain(form.slice(start, start + 12));
    expect(clean).toContain('Incorrect API key provided: ');
    expect(clean).toContain('See your account.');
  });

  it('leaves a text without the key alone', () => {
    const text = 'This model does not exist or you have no access to it.';
    expect(redact(text, new Secret(key))).toBe(text);
  });
});
