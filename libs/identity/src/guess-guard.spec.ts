import { AppError } from '@byok/kernel';
import { guessGuard } from './guess-guard.js';
import { formatToken, newToken } from './token-text.js';

const wrong = () => Promise.reject(new AppError('token_invalid', 'no'));
const codeOf = (answer: Promise<unknown>) => answer.then(() => 'in', (error: AppError) => error.code);

describe('F20 guessing the secret of a token', () => {
  it('stops after some wrong ones, before the next is looked up; other tokens and other places go on', async () => {
    const guard = guessGuard({ points: 3, seconds: 60 });
    const id = newToken().id;
    const guess = (address: string, number: number) => codeOf(guard.watch(formatToken(id, Buffer.alloc(32, number)), address, wrong));
    for (let number = 0; number < 3; number += 1) expect(await guess('203.0.113.7', number)).toBe('token_invalid');
    let looked = false;
    const look = () => ((looked = true), Promise.resolve('principal'));
    expect(await codeOf(guard.watch(formatToken(id, Buffer.alloc(32, 9)), '203.0.113.7', look))).toBe('too_many_attempts');
    expect(looked).toBe(false);
    expect(await codeOf(guard.watch(formatToken(id, Buffer.alloc(32, 9)), '203.0.113.8', look))).toBe('in');
    expect(await codeOf(guard.watch(newToken().text, '203.0.113.7', look))).toBe('in');
  });

  it('does not count what is right, expired or unreachable', async () => {
    const guard = guessGuard({ points: 1, seconds: 60 });
    const { text } = newToken();
    for (const code of ['token_expired', 'service_unavailable'] as const) {
      for (let number = 0; number < 3; number += 1) expect(await codeOf(guard.watch(text, 'here', () => Promise.reject(new AppError(code, 'no'))))).toBe(code);
    }
    expect(await codeOf(guard.watch(text, 'here', () => Promise.resolve('principal')))).toBe('in');
  });
});
