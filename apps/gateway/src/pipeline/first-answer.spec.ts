import { AppError, type ErrorCode } from '@byok/kernel';
import type { Attempt } from '@byok/routing';
import { firstAnswer } from './first-answer.js';

const attempts = ['one', 'two', 'three'].map((keyId) => ({ keyId }) as Attempt);
const failing = (codes: Partial<Record<string, ErrorCode>>, tried: string[]) => async (attempt: Attempt) => {
  tried.push(attempt.keyId);
  const code = codes[attempt.keyId];
  if (code) throw new AppError(code, code);
  return attempt.keyId;
};

describe('firstAnswer', () => {
  it('goes to the next attempt when the row of the error says so', async () => {
    const tried: string[] = [];
    expect(await firstAnswer(attempts, failing({ one: 'rate_limited', two: 'key_rejected' }, tried))).toBe('three');
    expect(tried).toEqual(['one', 'two', 'three']);
  });

  it.each(['integrity_failed', 'key_unavailable', 'upstream_refused_request', 'client_gone'] as const)('E02 never tries another key after %s', async (code) => {
    const tried: string[] = [];
    await expect(firstAnswer(attempts, failing({ one: code }, tried))).rejects.toMatchObject({ code });
    expect(tried).toEqual(['one']);
  });

  it('tells the last error when every attempt failed', async () => {
    await expect(firstAnswer(attempts, failing({ one: 'rate_limited', two: 'upstream_error', three: 'key_no_credit' }, []))).rejects.toMatchObject({ code: 'key_no_credit' });
  });

  it('stops at what nobody foresaw', async () => {
    let calls = 0;
    await expect(firstAnswer(attempts, async () => { calls += 1; throw new TypeError('oops'); })).rejects.toMatchObject({ code: 'internal' });
    expect(calls).toBe(1);
  });
});
