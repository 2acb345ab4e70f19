import { Meters } from '@byok/contracts';
import type { CallEndpoint } from './endpoints.js';
import { callerWorlds } from './spec/dialect-world.js';
import { spokenFixtures } from './spec/dialect-fixtures.js';
import { crashOf, findings, mutatedBody, RUNS } from './spec/fuzzing.js';
import type { Dice } from './spec/mutate.js';
import { mutateStream } from './spec/mutate-stream.js';
import { createUsageTap } from './usage-tap.js';
import type { TapResult } from './usage-tap.js';

/** What passes by byte for byte, because the caller speaks the provider's dialect, is counted all the same. */
describe.each(callerWorlds().map((world) => [world.dialect, world] as const))('the count of damaged answers in %s', (dialect, { endpoint, reader }) => {
  const fixtures = spokenFixtures().filter((each) => each.dialect === dialect);
  const bodies = fixtures.flatMap(({ provider, bodies: all }) => all.map((bytes) => ({ provider, bytes })));
  const streams = fixtures.flatMap(({ provider, streams: all }) => all.map((bytes) => ({ provider, bytes })));

  function finding(isStream: boolean, given: (typeof bodies)[number], bytes: Buffer, dice: Dice): string | null {
    const cut = dice.roll(bytes.length + 1);
    let result: TapResult | null = null;
    const crash = crashOf(() => {
      const tap = createUsageTap(given.provider, endpoint satisfies CallEndpoint, isStream);
      tap.see(bytes.subarray(0, cut));
      tap.see(bytes.subarray(cut));
      result = tap.end();
    });
    if (crash !== null || result === null) return crash;
    const { meters, sawTerminal }: TapResult = result;
    if (meters !== null && !Meters.safeParse(meters).success) return 'meters that billing does not take';
    return isStream && sawTerminal && !reader.framing.lastWord.test(bytes.toString('latin1')) ? 'a clean end of a broken stream' : null;
  }

  it(`${RUNS} plain ones do not disturb it`, () => {
    expect(findings(RUNS, (dice, turn) => {
      const given = bodies[turn % bodies.length]!;
      return finding(false, given, mutatedBody(given.bytes, dice), dice);
    })).toEqual([]);
  });

  it(`${RUNS} streams neither disturb it nor look complete without their last word`, () => {
    expect(findings(RUNS, (dice, turn) => {
      const given = streams[turn % streams.length]!;
      return finding(true, given, mutateStream(given.bytes, 'sse', dice), dice);
    })).toEqual([]);
  });
});
