import { inspect } from 'node:util';
import { Secret } from './index.js';

describe('Secret', () => {
  it('shows nothing however it is printed', () => {
    const secret = new Secret('sk-canary-0123456789');
    const printed = [String(secret), `${secret}`, JSON.stringify({ secret }), inspect(secret), inspect({ deep: [secret] }, { showHidden: true, depth: 9 })];
    for (const text of printed) expect(text).not.toContain('canary');
    expect(secret.expose()).toBe('sk-canary-0123456789');
  });
});
