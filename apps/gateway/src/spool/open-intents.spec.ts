import fc from 'fast-check';
import { OpenIntent, OpenIntents } from './open-intents.js';

describe('open intents', () => {
  it('are those that were added and not closed, whatever the order, and closing twice or out of nowhere changes nothing', () => {
    const steps = fc.array(fc.record({ what: fc.constantFrom('add', 'delete', 'delete again'), which: fc.nat() }), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (taken) => {
        const [intents, expected, gone] = [new OpenIntents(), new Set<OpenIntent>(), [new OpenIntent('stranger\n')]];
        for (const [step, { what, which }] of taken.entries()) {
          const from = what === 'delete' ? [...expected] : gone;
          const intent = what === 'add' ? new OpenIntent(`${step}\n`) : from[which % from.length];
          if (!intent) continue;
          if (what === 'add') intents.add(intent), expected.add(intent);
          else intents.delete(intent), expected.delete(intent), gone.push(intent);
          expect(intents.size).toBe(expected.size);
        }
        expect(intents.lines().split('\n').sort()).toEqual([...[...expected].map(({ line }) => line.trimEnd()), ''].sort());
      }),
    );
  });
});
