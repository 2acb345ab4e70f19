import { AdminConfig } from './config.js';

const secrets = AdminConfig.shape.SECRET_SCANNING_SECRETS;

describe('F15 the secrets of scanners', () => {
  it('are none when unset or empty, so that the route is off', () => {
    for (const value of [undefined, '', ' , ']) expect(secrets.parse(value)).toEqual([]);
  });

  it('keep the service from starting when one of them is short enough to guess', () => {
    expect(secrets.safeParse('short').success).toBe(false);
    expect(secrets.safeParse(`${'x'.repeat(32)},short`).success).toBe(false);
    expect(secrets.parse(`${'x'.repeat(32)}, ${'y'.repeat(40)}`)).toEqual(['x'.repeat(32), 'y'.repeat(40)]);
  });
});
