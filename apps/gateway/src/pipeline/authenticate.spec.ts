import { generateKeyPairSync } from 'node:crypto';
import { formatToken, guessGuard, hashToken, newToken } from '@byok/identity';
import type { AppError } from '@byok/kernel';
import { makeAuthenticate } from './authenticate.js';
import { ChangeLedger } from './change-ledger.js';

const here = { socket: { remoteAddress: '203.0.113.7' }, headers: {} };
const { publicKey } = generateKeyPairSync('ed25519');

/** An identity of rows by token id, which counts how often it was asked. */
function aDoor(rows: Record<string, object>) {
  const clock = { time: 1_000_000, now: () => clock.time };
  const asked: unknown[] = [];
  const changes = new ChangeLedger();
  changes.isListening = true;
  const query = async <T>(_sql: string, [id]: readonly unknown[] = []): Promise<T[]> => {
    asked.push(id);
    return rows[id as string] ? [rows[id as string] as T] : [];
  };
  const { authenticate } = makeAuthenticate({ db: { query }, clock, changes, sessionVerifyKey: publicKey, freshMs: 30_000, staleMs: 300_000, trustedProxies: [], guesses: guessGuard() });
  return { clock, asked, ask: async (text: string, from: Parameters<typeof authenticate>[1] = here) => authenticate(text, from) };
}

const rowOf = (token: { id: string; hash: string }, more: object = {}) => ({
  ...{ tokenId: token.id, hash: token.hash, previousHash: null, previousUntil: null, orgId: `org_of_${token.id}`, orgStatus: 'active', userId: null, groupId: null, expiresAt: null, revokedAt: null, role: null },
  ...{ groups: [], allowedModels: [], allowedProviders: [], allowedGroups: [], allowedNetworks: [], managementScopes: [], tokenSettings: {}, orgSettings: {}, userSettings: null, hardBudgets: [], ...more },
});
const refusal = (answer: Promise<unknown>) => answer.then(() => 'in', (error: AppError) => error.code);

describe('who stands behind a credential', () => {
  it('F11 is remembered under the whole of it: credentials that begin alike, to the last character, are never taken for each other', async () => {
    const secret = Buffer.alloc(32, 7);
    const ids = ['0', '1'].map((last) => `tok_${'a'.repeat(31)}${last}` as const);
    const [one, two] = ids.map((id) => ({ id, text: formatToken(id, secret), hash: hashToken(formatToken(id, secret)) })) as [{ id: string; text: string; hash: string }, { id: string; text: string; hash: string }];
    expect(one.text.slice(0, 41)).toBe(two.text.slice(0, 41));
    const door = aDoor({ [one.id]: rowOf(one), [two.id]: rowOf(two) });
    for (const each of [one, two, one, two]) expect((await door.ask(each.text)).tokenId).toBe(each.id);
    expect(door.asked).toEqual([one.id, two.id]);
    const wrong = one.text.slice(0, -1) + (one.text.endsWith('0') ? '1' : '0');
    expect(await refusal(door.ask(wrong))).toBe('token_invalid');
  });

  it('is asked of every call for what may have changed since it was remembered: where it comes from, and whether it has ended', async () => {
    const token = newToken();
    const door = aDoor({ [token.id]: rowOf(token, { allowedNetworks: ['203.0.113.0/24'], expiresAt: new Date(1_010_000) }) });
    expect(await refusal(door.ask(token.text))).toBe('in');
    expect(await refusal(door.ask(token.text, { socket: { remoteAddress: '198.51.100.1' }, headers: { 'x-forwarded-for': '203.0.113.7' } }))).toBe('address_not_allowed');
    expect(await refusal(door.ask(token.text))).toBe('in');
    door.clock.time = 1_010_000;
    expect(await refusal(door.ask(token.text))).toBe('token_expired');
    expect(door.asked).toHaveLength(1);
  });

  it('ends with the overlap of a rotation to the moment, although it is remembered for longer', async () => {
    const [old, fresh] = [newToken('tok_11111111111111111111111111111111'), newToken('tok_11111111111111111111111111111111')];
    const door = aDoor({ [fresh.id]: rowOf(fresh, { previousHash: old.hash, previousUntil: new Date(1_010_000) }) });
    expect([await refusal(door.ask(old.text)), await refusal(door.ask(fresh.text))]).toEqual(['in', 'in']);
    door.clock.time = 1_010_000;
    expect([await refusal(door.ask(old.text)), await refusal(door.ask(fresh.text))]).toEqual(['token_expired', 'in']);
  });
});

describe('F20 too many guesses at a token', () => {
  it('keep out whoever is at that address, and nobody elsewhere, not even with the same credential a moment later', async () => {
    const token = newToken();
    const door = aDoor({ [token.id]: rowOf(token) });
    for (let number = 0; number < 20; number += 1) expect(await refusal(door.ask(formatToken(token.id, Buffer.alloc(32, number))))).toBe('token_invalid');
    expect(await refusal(door.ask(token.text))).toBe('too_many_attempts');
    expect(await refusal(door.ask(token.text, { socket: { remoteAddress: '198.51.100.1' }, headers: {} }))).toBe('in');
  });
});
