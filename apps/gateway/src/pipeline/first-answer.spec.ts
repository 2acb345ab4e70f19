import { AppError, type ErrorCode } from '@byok/kernel';
import type { Attempt } from '@byok/routing';
import { Retries } from '../conditions/retries.js';
import { firstAnswer } from './first-answer.js';

const attempts = ['one', 'two', 'three'].map((keyId) => ({ keyId }) as Attempt);
const failing = (codes: Partial<Record<string, ErrorCode>>, tried: string[]) => async (attempt: Attempt) => {
  tried.push(attempt.keyId);
  const code = codes[attempt.keyId];
  if (code) throw new AppError(code, code);
  return attempt.keyId;
};
const retries = (): Retries => new Retries(() => 0);

describe('firstAnswer', () => {
  it('goes to the next attempt when the row of the error says so', async () => {
    const tried: string[] = [];
    expect(await firstAnswer(attempts, failing({ one: 'rate_limited', two: 'key_rejected' }, tried), retries())).toBe('three');
    expect(tried).toEqual(['one', 'two', 'three']);
  });

  it.each(['upstream_overloaded', 'upstream_error', 'upstream_unreachable'] as const)('H17 tries the same key once more after %s, and sends no more than three requests', async (code) => {
    const tried: string[] = [];
    expect(await firstAnswer(attempts, failing({ one: code }, tried), retries())).toBe('two');
    expect(tried).toEqual(['one', 'one', 'two']);
    tried.length = 0;
    await expect(firstAnswer(attempts, failing({ one: code, two: code, three: code }, tried), retries())).rejects.toMatchObject({ code });
    expect(tried).toEqual(['one', 'one', 'two']);
  });

  it('H17 makes no more second tries than one for ten calls, once what was saved up is gone', async () => {
    const [tried, budget] = [[] as string[], retries()];
    for (let call = 0; call < 110; call++) await firstAnswer(attempts, failing({ one: 'upstream_unreachable' }, tried), budget);
    expect(budget.made).toBeGreaterThanOrEqual(20);
    expect(budget.made).toBeLessThanOrEqual(22);
    expect(tried.filter((key) => key === 'one')).toHaveLength(110 + budget.made);
    expect(budget.refused).toBe(110 - budget.made);
  }, 20_000);

  it('does not wait for a provider that wants more time than a caller has', async () => {
    const tried: string[] = [];
    const busy = async (attempt: Attempt): Promise<string> => {
      tried.push(attempt.keyId);
      if (attempt.keyId === 'one') throw new AppError('upstream_overloaded', 'busy', { details: { retryAfterMs: 30_000 } });
      return attempt.keyId;
    };
    expect(await firstAnswer(attempts, busy, retries())).toBe('two');
    expect(tried).toEqual(['one', 'two']);
  });

  it.each(['integrity_failed', 'key_unavailable', 'upstream_refused_request', 'client_gone'] as const)('E02 never tries another key after %s', async (code) => {
    const tried: string[] = [];
    await expect(firstAnswer(attempts, failing({ one: code }, tried), retries())).rejects.toMatchObject({ code });
    expect(tried).toEqual(['one']);
  });

  it('tells the last error when every attempt failed', async () => {
    await expect(firstAnswer(attempts, failing({ one: 'rate_limited', two: 'upstream_timeout', three: 'key_no_credit' }, []), retries())).rejects.toMatchObject({ code: 'key_no_credit' });
  });

  it('stops at what nobody foresaw', async () => {
    let calls = 0;
    await expect(firstAnswer(attempts, async () => { calls += 1; throw new TypeError('oops'); }, retries())).rejects.toMatchObject({ code: 'internal' });
    expect(calls).toBe(1);
  });

  it.each(['integrity_failed', 'key_unavailable', 'key_config_invalid'] as const)('goes on with the version in use when a candidate stops with %s, and stops where that does', async (code) => {
    const trial = (isCandidate: boolean) => ({ trial: { version: 2, isCandidate } });
    const both = [{ keyId: 'one', ...trial(true) }, { keyId: 'two', ...trial(false) }] as Attempt[];
    const tried: string[] = [];
    expect(await firstAnswer(both, failing({ one: code }, tried), retries())).toBe('two');
    expect(tried).toEqual(['one', 'two']);
    await expect(firstAnswer(both, failing({ one: code, two: code }, []), retries())).rejects.toMatchObject({ code });
  });

  it('asks once for a newer secret where one in use is refused, and not for a candidate', async () => {
    const asked: string[] = [];
    const renew = async ({ keyId }: Attempt): Promise<Attempt | undefined> => {
      asked.push(keyId);
      return keyId === 'two' ? ({ keyId: 'two-new' } as Attempt) : undefined;
    };
    const plan = [{ keyId: 'one', trial: { version: 2, isCandidate: true } }, { keyId: 'two' }, { keyId: 'three' }] as Attempt[];
    const tried: string[] = [];
    expect(await firstAnswer(plan, failing({ one: 'key_rejected', two: 'key_rejected' }, tried), retries(), renew)).toBe('two-new');
    expect([tried, asked]).toEqual([['one', 'two', 'two-new'], ['two']]);
  });
});
