import { isId, newId } from './index.js';

describe('ids', () => {
  it('carry their kind, sort by time and do not repeat', () => {
    const ids = Array.from({ length: 10_000 }, () => newId('key'));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(ids.every((id) => isId('key', id))).toBe(true);
  });

  it('are told apart from everything else', () => {
    const id = newId('org');
    for (const wrong of [newId('user'), id.slice(1), `${id}0`, id.toUpperCase(), '', undefined, { id }, `${id}\n`]) expect(isId('org', wrong)).toBe(false);
  });
});
