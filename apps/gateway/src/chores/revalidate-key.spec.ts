import type { KeyNoteMessage, ProbeResultMessage, RevalidationMessage } from '@byok/contracts';
import { revalidateKey } from './revalidate-key.js';

const KEY: RevalidationMessage = { id: 'a'.repeat(32), keyId: 'key_1', orgId: 'org_a', owner: { type: 'user', id: 'usr_a' }, provider: 'openai', secret: 'sk-idle', config: {} };
const answer = (outcome: string, over: Partial<ProbeResultMessage> = {}): ProbeResultMessage => ({ outcome, message: `said\n${outcome}`, latencyMs: 1, modelSeen: '', balanceUsd: '', ...over });

/** What was reported and noted of a key whose provider answers so, one after the other. */
async function tried(answers: ProbeResultMessage[], key: Partial<RevalidationMessage> = {}) {
  const [reports, notes, pauses]: [{ outcome: string }[], KeyNoteMessage[], number[]] = [[], [], []];
  let asked = 0;
  await revalidateKey(
    {
      vault: { reportRevalidation: async (report) => ({ reported: reports.push(report) }) },
      billing: { noteKeys: async ({ items }) => ({ noted: notes.push(...items) }) },
      probe: async () => answers[asked++]!,
      pause: async (ms) => void pauses.push(ms),
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    },
    { ...KEY, ...key },
  );
  return { outcomes: reports.map(({ outcome }) => outcome), notes, asked, pauses };
}

describe('trying a key that nobody uses', () => {
  it('H13 takes two refusals of two requests to call it invalid, and then its owner is told', async () => {
    const twice = await tried([answer('invalid'), answer('invalid')]);
    expect(twice).toMatchObject({ outcomes: ['invalid'], asked: 2, pauses: [expect.any(Number)] });
    expect(twice.notes).toEqual([{ orgId: 'org_a', keyId: 'key_1', ownerType: 'user', ownerId: 'usr_a', provider: 'openai', what: 'invalid', at: '', detail: 'said invalid' }]);
    expect(await tried([answer('invalid'), answer('valid')])).toMatchObject({ outcomes: ['valid'], notes: [], asked: 2 });
    expect(await tried([answer('invalid'), answer('unreachable')])).toMatchObject({ outcomes: ['unreachable'], notes: [] });
  });

  it.each(['valid', 'no-permission', 'rate-limited', 'unreachable', 'unverified'])('asks once and tells nobody when the outcome is %s', async (outcome) => {
    expect(await tried([answer(outcome)])).toMatchObject({ outcomes: [outcome], notes: [], asked: 1 });
  });

  it('tells of an account that is nearly empty, but not of the platform’s own', async () => {
    expect((await tried([answer('valid', { balanceUsd: '4.99' })])).notes).toMatchObject([{ what: 'low_balance', detail: 'USD 4.99 left at its provider' }]);
    expect((await tried([answer('valid', { balanceUsd: '-0.10' })])).notes).toHaveLength(1);
    expect((await tried([answer('no-credit')])).notes).toMatchObject([{ what: 'low_balance', detail: 'its account has no credit left' }]);
    expect((await tried([answer('valid', { balanceUsd: '5.00' })])).notes).toEqual([]);
    expect((await tried([answer('no-credit')], { owner: { type: 'platform', id: 'platform' } })).notes).toEqual([]);
  });

  it('asks nobody about a provider that this version does not know', async () => {
    expect(await tried([], { provider: 'no-such' })).toMatchObject({ outcomes: [], asked: 0 });
  });
});
