import fc from 'fast-check';
import { Placed } from './placed.js';

interface Member {
  place: number;
  name: number;
}

const aMember = (name: number): Member => ({ place: 0, name });

describe('Placed', () => {
  it('holds those that were added and did not go, whatever the order, and taking out twice or out of nowhere changes nothing', () => {
    const steps = fc.array(fc.record({ what: fc.constantFrom('add', 'delete', 'delete again'), which: fc.nat() }), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (taken) => {
        const [placed, expected, gone] = [new Placed<Member>(), new Set<Member>(), [aMember(-1)]];
        for (const [step, { what, which }] of taken.entries()) {
          const from = what === 'delete' ? [...expected] : gone;
          const member = what === 'add' ? aMember(step) : from[which % from.length];
          if (!member) continue;
          if (what === 'add') placed.add(member), expected.add(member);
          else placed.delete(member), expected.delete(member), gone.push(member);
          expect(placed.size).toBe(expected.size);
        }
        expect(new Set(placed)).toEqual(expected);
        expect([...placed].map(({ place }) => place)).toEqual([...placed].map((_, index) => index));
      }),
    );
  });

  it('goes through every member even when each one leaves as it is reached', () => {
    const placed = new Placed<Member>();
    const members = Array.from({ length: 5 }, (_, name) => aMember(name));
    for (const member of members) placed.add(member);
    const reached: Member[] = [];
    for (const member of placed) {
      reached.push(member);
      placed.delete(member);
    }
    expect(reached).toEqual(members);
    expect(placed.size).toBe(0);
  });
});
