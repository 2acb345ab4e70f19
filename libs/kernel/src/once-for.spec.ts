import { onceFor } from './once-for.js';

describe('onceFor', () => {
  it('makes it once for each object, even where there is nothing to make', () => {
    const asked: unknown[] = [];
    const nameOf = onceFor((one: { name: string | null }) => (asked.push(one), one.name));
    const [first, second, nameless] = [{ name: 'a' }, { name: 'a' }, { name: null }];
    expect([first, second, nameless, first, second, nameless].map(nameOf)).toEqual(['a', 'a', null, 'a', 'a', null]);
    expect(asked).toEqual([first, second, nameless]);
  });

  it('makes it again after it could not be made', () => {
    let tries = 0;
    const of = onceFor((): string => {
      if ((tries += 1) === 1) throw new Error('not yet');
      return 'made';
    });
    const object = {};
    expect(() => of(object)).toThrow('not yet');
    expect(of(object)).toBe('made');
  });
});
