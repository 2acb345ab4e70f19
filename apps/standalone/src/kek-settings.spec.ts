import { kekSettings } from './kek-settings.js';

describe('the KEK of an installation', () => {
  const here = import.meta.filename;

  it('is its keyring, unless another was given; the keyring then still opens what it wrapped', () => {
    expect(kekSettings({}, here)).toMatchObject({ BYOK_KEK: `local:${here}` });
    expect(kekSettings({}, here).BYOK_KEK_OLD).toBeUndefined();
    expect(kekSettings({ BYOK_KEK: 'awskms:alias/byok', AWS_REGION: 'eu-central-1' }, here)).toMatchObject({ BYOK_KEK: 'awskms:alias/byok', BYOK_KEK_OLD: `local:${here}`, AWS_REGION: 'eu-central-1' });
    expect(kekSettings({ BYOK_KEK: 'awskms:alias/byok', BYOK_KEK_OLD: 'gcpkms:x' }, here).BYOK_KEK_OLD).toBe('gcpkms:x');
    expect(kekSettings({ BYOK_KEK: 'awskms:alias/byok' }, '/gone').BYOK_KEK_OLD).toBeUndefined();
  });
});
