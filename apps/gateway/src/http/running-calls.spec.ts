import type { Call } from './call.js';
import { RunningCalls } from './running-calls.js';

const aCall = (): Call => ({ place: 0 }) as Call;

describe('RunningCalls', () => {
  it('holds exactly those that came and did not go, in whatever order they go', () => {
    const running = new RunningCalls();
    const calls = Array.from({ length: 50 }, aCall);
    for (const call of calls) running.add(call);
    const left = calls.filter((_, index) => index % 3 !== 0);
    for (const call of calls.toReversed()) if (!left.includes(call)) running.delete(call);
    expect(new Set(running)).toEqual(new Set(left));
    expect(running.size).toBe(left.length);
    for (const call of left) running.delete(call);
    expect(running.size).toBe(0);
  });

  it('forgets a call once, and takes no harm from one that it does not hold', () => {
    const running = new RunningCalls();
    const [one, other] = [aCall(), aCall()];
    running.add(one);
    running.add(other);
    running.delete(one);
    running.delete(one);
    running.delete(aCall());
    expect([...running]).toEqual([other]);
  });

  it('goes through every call even when each one leaves as it is reached', () => {
    const running = new RunningCalls();
    const calls = Array.from({ length: 5 }, aCall);
    for (const call of calls) running.add(call);
    const reached: Call[] = [];
    for (const call of running) {
      reached.push(call);
      running.delete(call);
    }
    expect(reached).toEqual(calls);
  });
});
