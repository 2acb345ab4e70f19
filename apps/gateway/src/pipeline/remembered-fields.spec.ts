import type { Principal } from '@byok/identity';
import type { Attempt } from '@byok/routing';
import { rememberedFields, type Common } from './remembered-fields.js';

const attempt = { keyId: 'key_1', owner: { type: 'user', id: 'usr_1' }, provider: { id: 'openai' }, upstreamModel: 'gpt "4o" ü' } as unknown as Attempt;
const principal = { orgId: 'org_1', userId: 'usr_1', tokenId: 'tok_1', tokenGroup: null } as unknown as Principal;
const common: Common = { principal, attempt, endpoint: 'chat', tags: {} };
const read = (of: Common): Record<string, unknown> => JSON.parse(`{${rememberedFields(of)}}`) as Record<string, unknown>;

describe('what records of many calls have in common', () => {
  it('is made once while caller, attempt, endpoint and tags are the same', () => {
    expect(rememberedFields({ ...common })).toBe(rememberedFields({ ...common }));
    expect(read(common)).toEqual({ orgId: 'org_1', groupId: null, userId: 'usr_1', tokenId: 'tok_1', keyId: 'key_1', keyOwner: 'user', keyOwnerId: 'usr_1', provider: 'openai', model: 'gpt "4o" ü', endpoint: 'chat' });
  });

  it('never says of one caller, key, endpoint or tag what it said of another', () => {
    rememberedFields(common);
    expect(read({ ...common, principal: { ...principal, userId: 'usr_2', tokenId: 'tok_2' } as Principal })).toMatchObject({ userId: 'usr_2', tokenId: 'tok_2' });
    expect(read({ ...common, principal: { ...principal, tokenGroup: 'grp_1' } as unknown as Principal })).toMatchObject({ userId: 'usr_1', groupId: 'grp_1' });
    expect(read({ ...common, attempt: { ...attempt, keyId: 'key_2', keyVersion: 3 } as Attempt })).toMatchObject({ keyId: 'key_2', keyVersion: 3 });
    expect(read({ ...common, endpoint: 'messages' })).toMatchObject({ endpoint: 'messages' });
    expect(read({ ...common, tags: { project: 'apollo' } })).toMatchObject({ tags: { project: 'apollo' } });
    expect(read(common)).not.toHaveProperty('tags');
    expect(read(common)).toMatchObject({ userId: 'usr_1', groupId: null, keyId: 'key_1', endpoint: 'chat' });
  });
});
