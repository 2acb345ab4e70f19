import type { Database } from '@byok/platform';
import type { Group, Member, Org, Session, Token, User } from '../types.js';
import { createGroup } from './groups.store.js';
import { putMember } from './members.store.js';
import { createOrg } from './orgs.store.js';
import { createSession } from './sessions.store.js';
import { createToken } from './tokens.store.js';
import { createUser } from './users.store.js';

/** An org with one of everything: what every store test needs twice. */
export interface Seeded {
  org: Org;
  owner: User;
  user: User;
  group: Group;
  member: Member;
  token: Token;
  tokenText: string;
  session: Session;
  refreshToken: string;
}

/** Seeds an org; `name` tells its addresses from those of other orgs. */
export async function seedOrg(db: Database, name: string, now = Date.now()): Promise<Seeded> {
  return db.transaction(async (tx) => {
    const org = await createOrg(tx, { name, tier: 'enterprise' });
    const owner = await createUser(tx, org.id, { email: `owner@${name}.test`, name: 'Owner', role: 'owner' });
    const user = await createUser(tx, org.id, { email: `user@${name}.test`, name: 'User', role: 'member' });
    const group = await createGroup(tx, org.id, { name: 'Research' });
    const member = await putMember(tx, org.id, group.id, user.id);
    const { token, text } = await createToken(tx, org.id, { name: 'laptop', userId: user.id, createdBy: user.id });
    const { session, refreshToken } = await createSession(tx, org.id, user.id, { now: () => now });
    return { org, owner, user, group, member, token, tokenText: text, session, refreshToken };
  });
}
