import { aKey, planOf } from './routing.builder.js';
import { splitVersions } from './split-versions.js';

const plan = planOf([aKey({ id: 'key_1' }), aKey({ id: 'key_2' })]).attempts;
const candidates = (percent: number, version = 2) => new Map([['key_1', { version, percent, config: { organization: 'org-2' } }]]);
const shape = (percent: number, draw: string) => splitVersions(plan, candidates(percent), draw).map(({ keyId, keyVersion }) => `${keyId} v${keyVersion}`);

describe('splitVersions', () => {
  it('leaves a plan as it is where no key has a candidate', () => {
    expect(splitVersions(plan, new Map(), 'req_1')).toBe(plan);
  });

  it('sends that share of the calls with the candidate first and the version in use behind it, before any other key', () => {
    const drawn = Array.from({ length: 10_000 }, (_, each) => shape(20, `req_${each}`));
    const withCandidate = drawn.filter(([first]) => first === 'key_1 v2');
    expect(withCandidate.length).toBeGreaterThan(1_850);
    expect(withCandidate.length).toBeLessThan(2_150);
    expect(new Set(withCandidate.map((each) => each.join()))).toEqual(new Set(['key_1 v2,key_1 v1,key_2 v1']));
    expect(new Set(drawn.filter(([first]) => first !== 'key_1 v2').map((each) => each.join()))).toEqual(new Set(['key_1 v1,key_2 v1']));
  });

  it('draws the same for the same request, and everything at 100 %', () => {
    for (let each = 0; each < 200; each++) {
      expect(shape(35, `req_${each}`)).toEqual(shape(35, `req_${each}`));
      expect(shape(100, `req_${each}`)[0]).toBe('key_1 v2');
    }
  });

  it('gives a candidate its own config, and says of both versions that there is a trial', () => {
    const [candidate, current, other] = splitVersions(plan, candidates(100), 'req_1');
    expect(candidate).toMatchObject({ config: { organization: 'org-2' }, trial: { version: 2, isCandidate: true } });
    expect(current).toMatchObject({ config: {}, trial: { version: 2, isCandidate: false } });
    expect(other?.trial).toBeUndefined();
  });

  it('sends nothing with a candidate that is not newer than what was planned', () => {
    expect(splitVersions(plan, candidates(100, 1), 'req_1')).toEqual(plan);
  });
});
