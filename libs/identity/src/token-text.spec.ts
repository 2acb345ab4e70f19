import { formatToken, hashToken, newRefreshToken, newToken, parseRefreshToken, parseToken, sameHash } from './token-text.js';

const ID = 'tok_0123456789abcdef0123456789abcdef';

describe('the text of a token', () => {
  it('carries its id, 256 random bits and a checksum', () => {
    const { id, text, hash } = newToken();
    expect(text).toMatch(/^byok_live_[0-9a-f]{32}_[0-9A-Za-z]{49}$/);
    expect(parseToken(text)).toEqual({ id });
    expect(hash).toBe(hashToken(text));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('never makes the same secret twice and keeps the width for the smallest and the largest', () => {
    expect(newToken(ID).text).not.toBe(newToken(ID).text);
    expect(formatToken(ID, Buffer.alloc(32, 0))).toHaveLength(newToken(ID).text.length);
    expect(formatToken(ID, Buffer.alloc(32, 255))).toHaveLength(newToken(ID).text.length);
    expect(parseToken(formatToken(ID, Buffer.alloc(32, 255)))).toEqual({ id: ID });
  });

  it('is refused without a database when any one character differs', () => {
    const { text } = newToken();
    for (let place = 0; place < text.length; place += 1) {
      const other = text[place] === 'a' ? 'b' : 'a';
      expect(parseToken(text.slice(0, place) + other + text.slice(place + 1))).toBeUndefined();
    }
  });

  it.each(['', 'byok_live_', ' '.repeat(92), 'sk-something', 'byok_live_' + 'é'.repeat(82)])('refuses %j', (text) => {
    expect(parseToken(text)).toBeUndefined();
  });

  it('refuses what is longer, shorter or padded with space', () => {
    const { text } = newToken();
    expect(parseToken(`${text}0`)).toBeUndefined();
    expect(parseToken(text.slice(0, -1))).toBeUndefined();
    expect(parseToken(`${text.slice(0, -1)}\n`)).toBeUndefined();
  });

  it('F10 cannot be passed off as a refresh token, nor the other way round', () => {
    const refresh = newRefreshToken('ses_0123456789abcdef0123456789abcdef');
    expect(parseRefreshToken(refresh.text)).toEqual({ id: 'ses_0123456789abcdef0123456789abcdef' });
    expect(parseToken(refresh.text)).toBeUndefined();
    expect(parseRefreshToken(newToken().text)).toBeUndefined();
  });

  it('compares hashes of the right length only', () => {
    expect(sameHash(hashToken('a'), hashToken('a'))).toBe(true);
    expect(sameHash(hashToken('a'), hashToken('b'))).toBe(false);
    expect(sameHash('', '')).toBe(false);
  });
});
