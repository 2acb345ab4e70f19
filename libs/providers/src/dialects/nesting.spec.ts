import { parseObject } from './members.js';
import { isTooDeep } from './nesting.js';

const lists = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('nesting', () => {
  it('may be as deep as anybody means it, and not beyond', () => {
    expect([lists(500), `{"a":${lists(499)}}`, `[${`${lists(400)},`.repeat(9)}1]`].map(isTooDeep)).toEqual([false, false, false]);
    expect([lists(501), `{"a":${lists(500)}}`, '{"a":'.repeat(600)].map(isTooDeep)).toEqual([true, true, true]);
  });

  it('is not what stands in a string', () => {
    expect(isTooDeep(JSON.stringify({ a: '['.repeat(2_000), [`\\"${'{'.repeat(2_000)}`]: '"\\' }))).toBe(false);
    expect(isTooDeep(`["\\\\",${lists(600)}]`)).toBe(true);
  });

  it('makes an object beyond it unreadable, where reading it would end in one that cannot be written', () => {
    expect(parseObject(`{"a":${lists(30_000)}}`)).toBeNull();
    expect(parseObject(`{"a":${lists(100)}}`)).not.toBeNull();
  });
});
