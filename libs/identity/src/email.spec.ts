import { normalEmail } from './email.js';

describe('e-mail addresses', () => {
  it.each(['Ann@Example.com', ' ann@example.com ', 'ＡＮＮ@example.com'])('F19 have one spelling: %j', (email) => {
    expect(normalEmail(email)).toBe('ann@example.com');
  });

  it.each(['', 'ann', '@example.com', 'ann@', 'a nn@example.com', 'ann@b@c', 'ann\u0000@example.com', 'ann\u200b@example.com', `${'a'.repeat(251)}@b.c`])('are refused when they are none: %j', (email) => {
    expect(() => normalEmail(email)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});
