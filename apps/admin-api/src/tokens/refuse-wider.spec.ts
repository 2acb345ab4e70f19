import type { Principal } from '@byok/identity';
import { refuseWider, type WantedToken } from './refuse-wider.js';

const maker = (fields: object) => ({ tokenGroup: null, tokenId: 'tok_1', allowedModels: [], hardBudgets: [], settings: { token: {} }, ...fields }) as unknown as Principal;
const restricted = (fields: object) => maker({ restrictions: { providers: [], groups: [], networks: [], expiresAt: null, ...fields } });
const wanted = (fields: Partial<WantedToken>): WantedToken => ({ groupId: null, allowedModels: [], allowedProviders: [], allowedGroups: [], allowedNetworks: [], expiresAt: null, ...fields });

describe('refuseWider', () => {
  it('F13 refuses a token with more models than its maker', () => {
    const narrow = maker({ allowedModels: ['gpt-4*', 'claude-3'] });
    for (const allowedModels of [[], ['gpt-5'], ['*']]) expect(() => refuseWider(narrow, wanted({ allowedModels }))).toThrow('more models');
    expect(() => refuseWider(narrow, wanted({ allowedModels: ['gpt-4o', 'gpt-4*', 'claude-3'] }))).not.toThrow();
  });

  it('F13 refuses a token outside the group of its maker', () => {
    const inside = maker({ tokenGroup: 'grp_1' });
    for (const groupId of [null, 'grp_2']) expect(() => refuseWider(inside, wanted({ groupId }))).toThrow('outside the group');
    expect(() => refuseWider(inside, wanted({ groupId: 'grp_1' }))).not.toThrow();
  });

  it.each<[string, object, Partial<WantedToken>[], Partial<WantedToken>]>([
    ['more providers', { providers: ['openai', 'azure'] }, [{}, { allowedProviders: ['anthropic'] }, { allowedProviders: ['openai', 'anthropic'] }], { allowedProviders: ['azure'] }],
    ['more groups', { groups: ['grp_1'] }, [{}, { allowedGroups: ['grp_2'] }, { groupId: 'grp_2' }], { allowedGroups: ['grp_1'] }],
    ['more networks', { networks: ['10.0.0.0/8'] }, [{}, { allowedNetworks: ['0.0.0.0/0'] }, { allowedNetworks: ['10.1.0.0/16', '11.0.0.1'] }], { allowedNetworks: ['10.1.0.0/16'] }],
    ['for longer', { expiresAt: new Date(1_000) }, [{}, { expiresAt: new Date(1_001) }], { expiresAt: new Date(1_000) }],
  ])('F13 A14 refuses %s than its maker, and takes as much', (words, restrictions, tooWide, fits) => {
    for (const fields of tooWide) expect(() => refuseWider(restricted(restrictions), wanted(fields))).toThrow(words);
    expect(() => refuseWider(restricted(restrictions), wanted(fits))).not.toThrow();
  });

  it('F13 refuses higher limits than its maker’s, and none where it has some', () => {
    const limited = maker({ settings: { token: { limits: { requestsPerMinute: 10 } } } });
    for (const limits of [undefined, {}, { requestsPerMinute: 11 }, { tokensPerMinute: 1 }]) expect(() => refuseWider(limited, wanted({ limits }))).toThrow('higher limits');
    expect(() => refuseWider(limited, wanted({ limits: { requestsPerMinute: 10, concurrent: 3 } }))).not.toThrow();
  });

  it('F13 lets no token with a budget of its own make others to spend beside it', () => {
    const hardBudgets = [{ id: 'bud_1', scope: 'token', scopeId: 'tok_1', includesOwnKeys: true }];
    expect(() => refuseWider(maker({ hardBudgets }), wanted({}))).toThrow('budget of its own');
    expect(() => refuseWider(maker({ hardBudgets: [{ ...hardBudgets[0], scopeId: 'tok_2' }] }), wanted({}))).not.toThrow();
    expect(() => refuseWider(maker({ hardBudgets, tokenId: null }), wanted({}))).not.toThrow();
  });
});
