import { canonicalJson } from './canonical-json.js';
import { KeptAnswers, type KeptAnswer } from './kept-answers.js';

const settings = { enabled: true, ttlSeconds: 60, maxBytes: 100_000 };
const answer = (text: string): KeptAnswer => ({ status: 200, contentType: 'application/json', dropped: '', body: Buffer.from(text) });

describe('KeptAnswers', () => {
  let now = 0;
  const made = (maxBytes = 1_000_000): KeptAnswers => new KeptAnswers({ clock: { now: () => now }, maxBytes });
  beforeEach(() => {
    now = 0;
  });

  it('gives an answer back byte by byte, until its time is over', () => {
    const answers = made();
    const name = answers.nameOf('org_a', ['chat', 'x']);
    answers.keep('org_a', name, answer('{"a":"\u00e4\\n"}\n'), settings);
    expect(answers.find('org_a', name)).toEqual(answer('{"a":"\u00e4\\n"}\n'));
    now = 60_000;
    expect(answers.find('org_a', name)).toBeUndefined();
  });

  it('A10 has another name, another key and another place for the same request in every org', () => {
    const answers = made();
    const [mine, theirs] = ['org_a', 'org_b'].map((org) => answers.nameOf(org, ['chat', 'x']));
    expect(mine).not.toBe(theirs);
    expect(made().nameOf('org_a', ['chat', 'x'])).not.toBe(mine);
    answers.keep('org_a', mine!, answer('secret'), settings);
    expect(answers.find('org_b', mine!)).toBeUndefined();
  });

  it('tells parts of a name apart wherever they are cut', () => {
    const answers = made();
    expect(answers.nameOf('org_a', ['ab', 'c'])).not.toBe(answers.nameOf('org_a', ['a', 'bc']));
  });

  it('keeps no more than the org asked for, and no more than there is room for in all: the oldest of the largest goes', () => {
    const answers = made(60_000);
    const [small, ...names] = Array.from({ length: 31 }, (_, index) => answers.nameOf('org_a', [String(index)]));
    answers.keep('org_b', small!, answer('small'), settings);
    for (const name of names) answers.keep('org_a', name, answer('x'.repeat(5_000)), settings);
    expect(answers.find('org_a', names[0]!)).toBeUndefined();
    expect(answers.find('org_a', names.at(-1)!)).toBeDefined();
    expect(answers.find('org_b', small!)).toBeDefined();
    expect(answers.gauges[0]!.read()).toBeLessThanOrEqual(60_000);
    answers.keep('org_a', small!, answer('x'.repeat(20_000)), settings);
    expect(answers.find('org_a', small!)).toBeUndefined();
    answers.keep('org_a', small!, answer('x'.repeat(2_000)), { ...settings, maxBytes: 4_096 });
    expect(answers.find('org_a', small!)).toBeUndefined();
  });

  it('forgets an org, or all of them', () => {
    const answers = made();
    const names = ['org_a', 'org_b'].map((org) => [org, answers.nameOf(org, ['x'])] as const);
    for (const [org, name] of names) answers.keep(org, name, answer('x'), settings);
    answers.purge('org_a');
    expect(names.map(([org, name]) => answers.find(org, name) !== undefined)).toEqual([false, true]);
    answers.purgeAll();
    expect(answers.gauges[0]!.read()).toBe(0);
  });
});

describe('canonicalJson', () => {
  it('is the same for the same value and another for every other', () => {
    const of = (text: string): string => canonicalJson(JSON.parse(text));
    expect(of('{"b":[1,{"d":null,"c":"x"}],"a":1.0}')).toBe(of('{ "a":1, "b":[1,{"c":"x","d":null}] }'));
    expect(new Set(['{"a":[1,2]}', '{"a":[2,1]}', '{"a":"1"}', '{"a":1}', '{"a":null}', '{}', '{"a":{}}', '{"a":[]}', '{"__proto__":1}'].map(of)).size).toBe(9);
  });
});
