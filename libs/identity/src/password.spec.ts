import { hashPassword, verifyPassword } from './password.js';

describe('passwords', () => {
  it('are hashed with argon2id at the cost that OWASP names', async () => {
    expect(await hashPassword('correct horse battery')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('fit themselves, however composed, and nothing else', async () => {
    const hash = await hashPassword('pässwörd-für-mich');
    expect(await verifyPassword(hash, 'pässwörd-für-mich'.normalize('NFD'))).toBe(true);
    expect(await verifyPassword(hash, 'pässwörd-für-dich')).toBe(false);
    expect(await verifyPassword(hash, '')).toBe(false);
  });

  it('never fit for nobody, even the one that the decoy was made of', async () => {
    expect(await verifyPassword(undefined, 'nobody has this password')).toBe(false);
    expect(await verifyPassword(null, 'nobody has this password')).toBe(false);
  });

  it('are refused when too short or absurdly long, and an absurdly long one never fits', async () => {
    await expect(hashPassword('too short')).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(hashPassword('x'.repeat(1_025))).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await verifyPassword(await hashPassword('correct horse battery'), 'x'.repeat(1_000_000))).toBe(false);
  });
});
