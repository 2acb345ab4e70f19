import { Meters } from '@byok/contracts';
import fc from 'fast-check';
import { anyAnswer } from '../spec/any-chat.js';
import { spokenFixtures } from '../spec/dialect-fixtures.js';
import { callerWorlds, upstreamWorlds } from '../spec/dialect-world.js';
import type { CallerWorld, UpstreamWorld } from '../spec/dialect-world.js';
import { crashOf, findings, mutatedBody, RUNS } from '../spec/fuzzing.js';
import { translate } from '../translate.js';
import type { Translation } from '../translate.js';
import type { ChatRequest } from './chat-form.js';

const CALLERS = callerWorlds();
const FIXTURES = spokenFixtures();

function translated({ reader, endpoint }: CallerWorld, upstream: UpstreamWorld, stream: boolean): Translation {
  const asked: ChatRequest = { model: reader.model, stream, messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }], extras: {} };
  const body = Buffer.from(JSON.stringify(reader.side.writeRequest(asked, reader.provider).body));
  return translate({ body, from: endpoint, to: upstream.endpoint, provider: upstream.provider, model: upstream.model, stream, requestId: 'req_1', now: 0 });
}

/** Every provider's own words in this dialect, and a few made up. */
function bodiesIn(upstream: UpstreamWorld): Buffer[] {
  const made = fc.sample(anyAnswer(upstream.model, upstream.provider.capabilities.includes('tools')), { numRuns: 10, seed: 1 });
  return [...FIXTURES.filter(({ dialect }) => dialect === upstream.dialect).flatMap(({ bodies }) => bodies), ...made.map((answer) => Buffer.from(JSON.stringify(upstream.pretend.answer(answer))))];
}

describe.each(upstreamWorlds().map((world) => [world.dialect, world] as const))('damaged answers in %s', (_, upstream) => {
  it(`${RUNS} of them are answers in the dialects of callers, or upstream errors`, () => {
    const translations = CALLERS.flatMap((caller) => [translated(caller, upstream, false), translated(caller, upstream, true)]);
    const bodies = bodiesIn(upstream);
    const found = findings(RUNS, (dice, turn) => {
      const body = mutatedBody(bodies[turn % bodies.length]!, dice);
      const translation = dice.pick(translations);
      let hasBadMeters = false;
      const crash = crashOf(() => {
        const { body: told, isStream, answer } = translation.whole(body);
        if (!isStream) JSON.parse(told.toString());
        hasBadMeters = answer.meters !== null && !Meters.safeParse(answer.meters).success;
      });
      if (hasBadMeters) return 'meters that billing does not take';
      return crash ?? crashOf(() => void translation.metersOf?.(body)) ?? crashOf(() => void translation.followUp?.(body)) ?? crashOf(() => void translation.abandon?.(body));
    });
    expect(found).toEqual([]);
  });
});
