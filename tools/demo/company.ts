import { providerKeys } from '../../e2e/support/provider-keys.js';
import type { Standalone } from '../../e2e/support/start-standalone.js';
import { newWorld, type World } from '../../e2e/support/world.js';

/** Somebody or something with a token. */
export interface Caller {
  name: string;
  token: string;
  tokenId: string;
}

export interface Company {
  world: World;
  callers: Caller[];
}

/** An org with two groups, three users, a provider key shared with each group, and a service of one group. */
export async function buildCompany(standalone: Standalone): Promise<Company> {
  const world = await newWorld(standalone, 'Demo Company');
  const [ann, ben, cid] = [await world.person('ann'), await world.person('ben'), await world.person('cid')];
  const research = await world.group('Research', [ann, ben]);
  const support = await world.group('Support', [cid]);
  await world.key({ type: 'group', id: research }, 'openai', providerKeys.openai(), { label: "Research's OpenAI key", skipTest: false });
  await world.key({ type: 'group', id: support }, 'openai', providerKeys.openai(), { label: "Support's OpenAI key", skipTest: false });
  const service = await world.serviceToken(support);
  const callers = [ann, ben, cid].map(({ name, token, tokenId }) => ({ name, token, tokenId }));
  return { world, callers: [...callers, { name: 'ticket-sorter (service)', token: service.token, tokenId: service.id }] };
}
