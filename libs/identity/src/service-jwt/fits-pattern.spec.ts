import { claimValues } from './claim-values.js';
import { fitsPattern } from './fits-pattern.js';

describe('a pattern of subjects', () => {
  it.each([
    ['svc', 'svc', true],
    ['svc', 'svc2', false],
    ['*', '', true],
    ['system:serviceaccount:prod:*', 'system:serviceaccount:prod:billing', true],
    ['system:serviceaccount:prod:*', 'system:serviceaccount:prodx:billing', false],
    ['*:billing', 'prod:billing', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a1b2c', true],
    ['a*b*c', 'a1c', false],
    ['a*bc*c', 'abc', false],
    ['a.c', 'abc', false],
  ])('%s against %s is %s', (pattern, text, expected) => expect(fitsPattern(pattern, text)).toBe(expected));

  it('takes no longer for one that is meant to be slow', () => {
    const started = process.cpuUsage().user;
    expect(fitsPattern('*a'.repeat(250), 'a'.repeat(400) + 'b')).toBe(false);
    expect(process.cpuUsage().user - started).toBeLessThan(1_000_000);
  });
});

describe('values of a claim', () => {
  it('reads lists, texts, texts with spaces, and inside; by its very name first', () => {
    const claims = { groups: ['a', 3, 'b'], scope: 'read write', realm: { roles: ['admin'] }, 'realm.x': 'flat', on: true };
    expect(claimValues(claims, 'groups')).toEqual(['a', 'b']);
    expect(claimValues(claims, 'scope')).toContain('write');
    expect(claimValues(claims, 'realm.roles')).toEqual(['admin']);
    expect(claimValues(claims, 'realm.x')).toEqual(['flat']);
    expect(claimValues(claims, 'on')).toEqual(['true']);
  });

  it('finds nothing that every object inherits', () => {
    for (const name of ['constructor', '__proto__', 'constructor.name', 'none', 'none.more']) expect(claimValues({}, name)).toBeUndefined();
  });
});
