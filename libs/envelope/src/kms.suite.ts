import { randomBytes } from 'node:crypto';

import type { Kms, WrapContext } from './kms.js';

const CONTEXT: WrapContext = { deploymentId: 'suite', orgId: 'org_suite', dekId: 'dek_00000000000000000000000000000000', dekVersion: 1, kekScope: 'tenant' };

/** What every KMS must do. Call it in a spec of the implementation: `kmsSuite('local', () => new LocalKms(…))`. */
export function kmsSuite(name: string, make: () => Kms | Promise<Kms>): void {
  describe(`the KMS contract, by ${name}`, () => {
    let kms: Kms;
    beforeEach(async () => {
      kms = await make();
    });

    it('unwraps what it wrapped', async () => {
      const seed = randomBytes(32);
      const wrapped = await kms.wrap(Buffer.from(seed), CONTEXT);
      expect((await kms.unwrap(wrapped, CONTEXT)).equals(seed)).toBe(true);
    });

    it('never wraps one seed to the same bytes twice, and never shows the seed in them', async () => {
      const seed = randomBytes(32);
      const first = await kms.wrap(Buffer.from(seed), CONTEXT);
      const second = await kms.wrap(Buffer.from(seed), CONTEXT);
      expect(first.bytes.equals(second.bytes)).toBe(false);
      expect(first.bytes.includes(seed)).toBe(false);
    });

    it('refuses every flipped byte and every truncation', async () => {
      const wrapped = await kms.wrap(randomBytes(32), CONTEXT);
      for (let at = 0; at < wrapped.bytes.length; at += 1) {
        const flipped = Buffer.from(wrapped.bytes);
        flipped[at]! ^= 1;
        await expect(kms.unwrap({ ...wrapped, bytes: flipped }, CONTEXT)).rejects.toMatchObject({ name: 'AppError' });
        await expect(kms.unwrap({ ...wrapped, bytes: wrapped.bytes.subarray(0, at) }, CONTEXT)).rejects.toMatchObject({ name: 'AppError' });
      }
    });

    it('says key_unavailable for a KEK it does not hold', async () => {
      const wrapped = await kms.wrap(randomBytes(32), CONTEXT);
      await expect(kms.unwrap({ ...wrapped, kekVersion: 'no-such-kek' }, CONTEXT)).rejects.toMatchObject({ code: 'key_unavailable' });
    });

    it('wraps under the KEK its status names', async () => {
      const status = await kms.status();
      expect(status.healthy).toBe(true);
      expect((await kms.wrap(randomBytes(32), CONTEXT)).kekVersion).toBe(status.kekVersion);
    });

    it('names itself without a secret', () => {
      expect(kms.uri).toMatch(/^[a-z-]+:/);
    });
  });
}
