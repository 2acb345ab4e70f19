import { concerns, type BudgetSubject, type SpendingFacts } from './concerns.js';

const facts: SpendingFacts = {
  ...{ orgId: 'org_1', groupIds: ['grp_1', 'grp_2'], userId: 'usr_1', tokenId: 'tok_1', keyId: 'key_1', provider: 'openai', model: 'gpt-4o' },
  ...{ tags: { project: 'apollo', cc: '42' }, keyOwner: 'platform' },
};
const aBudget = (change: Partial<BudgetSubject>): BudgetSubject => ({ orgId: 'org_1', scope: 'org', scopeId: 'org_1', includesOwnKeys: false, ...change });

describe('concerns', () => {
  it.each([
    ['org', 'org_1', 'org_2'],
    ['group', 'grp_2', 'grp_3'],
    ['user', 'usr_1', 'usr_2'],
    ['token', 'tok_1', 'tok_2'],
    ['key', 'key_1', 'key_2'],
    ['provider', 'openai', 'azure'],
    ['model', 'gpt-4o', 'gpt-4o-mini'],
    ['tag', 'project=apollo', 'project=42'],
  ] as const)('knows the spending of a %s from that of another', (scope, mine, other) => {
    expect(concerns(aBudget({ scope, scopeId: mine }), facts)).toBe(true);
    expect(concerns(aBudget({ scope, scopeId: other }), facts)).toBe(false);
    expect(concerns(aBudget({ scope, scopeId: mine }), { ...facts, orgId: 'org_2' })).toBe(false);
  });

  it('leaves out what somebody pays on a key of their own, unless the budget wants it', () => {
    for (const keyOwner of ['user', 'group', 'org'] as const) {
      expect(concerns(aBudget({}), { ...facts, keyOwner })).toBe(false);
      expect(concerns(aBudget({ includesOwnKeys: true }), { ...facts, keyOwner })).toBe(true);
    }
    expect(concerns(aBudget({ includesOwnKeys: true }), facts)).toBe(true);
  });

  it('takes nobody for anybody', () => {
    expect(concerns(aBudget({ scope: 'user', scopeId: 'null' }), { ...facts, userId: null })).toBe(false);
  });
});
