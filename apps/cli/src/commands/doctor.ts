import type { Health, Key, Me, Page } from '@byok/contracts';
import type { AdminApi } from '../admin-api.js';
import type { Command } from '../command.js';
import { Refused } from '../refusals.js';
import { everyPage } from '../every-page.js';

/** What a look at one thing found; undefined when it is well. */
type Check = (api: AdminApi) => Promise<string | undefined>;

const LIMIT_OF_SKEW_MS = 60_000;

/** In the order in which things stand on each other: with the first at fault, the others only say so again. */
const CHECKS: readonly (readonly [string, Check])[] = [
  ['admin-api answers, and so do what it stands on', checkHealth],
  ['clocks agree within a minute', checkClock],
  ['the credential is good', async (api) => void (await api.call<Me>('GET', '/api/me'))],
  ['keys can be used', checkKeys],
  ['the audit trail is whole', checkAudit],
];

/** For three in the morning: what is wrong, and what to do about it. Ends with 1 when anything is. */
export const doctor: Command = {
  name: 'doctor',
  usage: 'doctor',
  summary: 'look at services, clock, credential, keys and audit trail, and say what to do',
  options: {},
  words: 0,
  run: async ({ api, print }) => {
    let wrong = 0;
    for (const [what, check] of CHECKS) {
      const finding = await check(api).catch((error: unknown) => {
        if (error instanceof Refused) return error.message;
        throw error;
      });
      if (finding !== undefined) wrong++;
      print(finding === undefined ? `✔ ${what}` : `✘ ${what}: ${finding}`);
    }
    if (wrong > 0) throw new Refused(`${wrong} of ${CHECKS.length} checks failed.`);
  },
};

const LOOK = { database: 'PostgreSQL and DATABASE_URL', vault: 'the key-vault and its KEK', billing: 'usage-billing and the queue', gateway: 'the gateway' } as const;

async function checkHealth(api: AdminApi): Promise<string | undefined> {
  const health = await api.call<Health>('GET', '/api/health');
  const down = (Object.keys(LOOK) as (keyof typeof LOOK)[]).filter((part) => health[part] !== 'ok');
  return down.length === 0 ? undefined : `${down.join(', ')} down. Look at ${down.map((part) => LOOK[part]).join(', ')}, and at the logs of each.`;
}

async function checkClock(api: AdminApi): Promise<string | undefined> {
  const skewMs = (await api.serverTime()).getTime() - Date.now();
  return Math.abs(skewMs) <= LIMIT_OF_SKEW_MS ? undefined : `the server is ${Math.round(skewMs / 1000)} s off. Tokens and certificates depend on it: turn on NTP on both.`;
}

async function checkKeys(api: AdminApi): Promise<string | undefined> {
  const keys = await everyPage((after) => api.call<Page<Key>>('GET', `/api/keys?limit=200${after}`));
  const bad = keys.filter((key) => key.status === 'undecryptable' || key.status === 'invalid' || (key.status === 'active' && key.health?.status === 'failing'));
  const named = bad.slice(0, 5).map((key) => `${key.id} (${key.provider}, ${key.status === 'active' ? 'failing' : key.status})`);
  return bad.length === 0 ? undefined : `${bad.length} cannot: ${named.join(', ')}${bad.length > 5 ? ', …' : ''}. Rotate an invalid one; enter an undecryptable one again.`;
}

async function checkAudit(api: AdminApi): Promise<string | undefined> {
  const { orgId, permissions } = await api.call<Me>('GET', '/api/me');
  if (!permissions.includes('audit:read')) return 'not looked at: the credential may not read it. Ask an admin or an auditor for one that may.';
  const { ok } = await api.call<{ ok: boolean }>('GET', `/api/orgs/${orgId}/audit/verify`);
  return ok ? undefined : 'it is not: byok audit verify names the row.';
}
