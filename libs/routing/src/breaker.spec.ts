import { afterFailure, afterSuccess, isForgotten, onTrial, type Breaker, type Outcome } from './breaker.js';

const at = (now: number, orgId = 'org_a', dice = 0): Outcome => ({ now, orgId, dice });
const failing = (times: number, breaker?: Breaker, orgs: readonly string[] = ['org_a']): Breaker | undefined => {
  for (let time = 0; time < times; time++) breaker = afterFailure(breaker, at(time, orgs[time % orgs.length]));
  return breaker;
};

describe('a breaker', () => {
  it('opens at the tenth failure when most calls fail, and not before', () => {
    expect(failing(9)).toMatchObject({ state: 'closed', failures: 9 });
    expect(failing(10)).toEqual({ state: 'open', until: 9 + 5_000, openings: 1 });
  });

  it('stays closed while at least half of the calls are answered', () => {
    let breaker = afterFailure(undefined, at(0));
    for (let time = 1; time < 50; time++) breaker = afterFailure(afterSuccess(afterSuccess(breaker, at(time))!, at(time))!, at(time));
    expect(breaker).toMatchObject({ state: 'closed', failures: 50, successes: 98 });
  });

  it('forgets failures that lie further back than its window', () => {
    const breaker = failing(9)!;
    expect(afterFailure(breaker, at(31_000))).toMatchObject({ state: 'closed', failures: 1 });
    expect(afterSuccess(breaker, at(31_000))).toBeUndefined();
    expect(isForgotten(breaker, 31_000)).toBe(true);
  });

  it('H16 does not open for everybody because the calls of one org alone fail', () => {
    const shared = afterSuccess(afterFailure(undefined, at(0, 'org_a')), at(1, 'org_b'))!;
    expect(failing(40, shared, ['org_a'])).toMatchObject({ state: 'closed', failing: 'org_a' });
    expect(failing(40, shared, ['org_a', 'org_b'])).toMatchObject({ state: 'open' });
  });

  it('lets one call try when its time is over: an answer closes it, another failure doubles the time, up to a minute', () => {
    let breaker = failing(10) as Exclude<Breaker, { state: 'closed' }>;
    const trial = onTrial(breaker, 6_000);
    expect(trial).toMatchObject({ state: 'half-open', until: 16_000 });
    expect(afterSuccess(trial, at(6_100))).toBeUndefined();
    const lengths: number[] = [];
    for (let time = 0; time < 6; time++) {
      breaker = afterFailure(onTrial(breaker, 0), at(0)) as typeof breaker;
      lengths.push(breaker.until);
    }
    expect(lengths).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });

  it('takes no late answer for a sign of life, and no late failure for a reason to wait longer', () => {
    const open = failing(10)!;
    expect(afterSuccess(open, at(10))).toBe(open);
    expect(afterFailure(open, at(10))).toBe(open);
  });

  it('spreads its end by chance', () => {
    expect(failing(10)).toMatchObject({ until: 5_009 });
    expect(afterFailure(failing(9), at(9, 'org_a', 1))).toMatchObject({ until: 6_009 });
  });
});
