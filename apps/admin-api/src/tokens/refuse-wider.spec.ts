import type { Principal } from '@byok/identity';
import { refuseWider } from './refuse-wider.js';

const maker = (fields: Partial<Principal>) => ({ tokenGroup: null, allowedModels: [], ...fields }) as unknown as Principal;

describe('refuseWider', () => {
  it('F13 refuses a token with more models than its maker', () => {
    const narrow = maker({ allowedModels: ['gpt-4*', 'claude-3'] });
    expect(() => refuseWider(narrow, { groupId: null, allowedModels: [] })).toThrow('more models');
    expect(() => refuseWider(narrow, { groupId: null, allowedModels: ['gpt-5'] })).toThrow('more models');
    expect(() => refuseWider(narrow, { groupId: null, allowedModels: ['*'] })).toThrow('more models');
    expect(() => refuseWider(narrow, { groupId: null, allowedModels: ['gpt-4o', 'gpt-4*', 'claude-3'] })).not.toThrow();
  });

  it('F13 refuses a token outside the group of its maker', () => {
    const inside = maker({ tokenGroup: 'grp_1' });
    expect(() => refuseWider(inside, { groupId: null, allowedModels: [] })).toThrow('outside the group');
    expect(() => refuseWider(inside, { groupId: 'grp_2', allowedModels: [] })).toThrow('outside the group');
    expect(() => refuseWider(inside, { groupId: 'grp_1', allowedModels: [] })).not.toThrow();
  });
});
