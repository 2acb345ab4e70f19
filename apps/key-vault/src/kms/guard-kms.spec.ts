import type { Kms, WrapContext } from '@byok/envelope';

import { guardKms } from './guard-kms.js';
import { faultOf, kmsError, reasonOf } from './kms-fault.js';

const CONTEXT: WrapContext = { deploymentId: 'd', orgId: 'org_a', dekId: `dek_${'0'.repeat(32)}`, dekVersion: 1, kekScope: 'tenant' };
const WRAPPED = { bytes: Buffer.from('wrapped'), kekVersion: '1' };

function world(unwrap: Kms['unwrap'], deadlineMs = 10_000) {
  const state = { now: 0, questions: 0 };
  const kms: Kms = {
    uri: 'spec:',
    status: () => Promise.resolve({ healthy: true, kekVersion: '1' }),
    wrap: () => Promise.resolve(WRAPPED),
    unwrap: (...given) => ((state.questions += 1), unwrap(...given)),
  };
  return { state, guarded: guardKms(kms, { clock: { now: () => state.now }, deadlineMs }) };
}
const failureOf = (act: Promise<unknown>): Promise<unknown> => act.then(() => undefined, (error: unknown) => error);

describe('a guarded KMS', () => {
  it('E24 is left alone after five failures, found out about by one question, and asked by all when it is back', async () => {
    let failure: Error | undefined = kmsError('unreachable', 'spec:', 'away');
    const { state, guarded } = world(() => (failure ? Promise.reject(failure) : Promise.resolve(Buffer.alloc(32))));
    for (let at = 0; at < 8; at += 1) expect(faultOf(await failureOf(guarded.unwrap(WRAPPED, CONTEXT)))).toBe('unreachable');
    expect(state.questions).toBe(5);
    state.now = 10_000;
    await Promise.all(Array.from({ length: 10 }, () => failureOf(guarded.unwrap(WRAPPED, CONTEXT))));
    expect(state.questions).toBe(6);
    failure = undefined;
    state.now = 20_000;
    expect(await guarded.unwrap(WRAPPED, CONTEXT)).toHaveLength(32);
    await Promise.all(Array.from({ length: 10 }, () => guarded.unwrap(WRAPPED, CONTEXT)));
    expect(state.questions).toBe(17);
  });

  it.each(['refused', 'wrong', 'invalid'] as const)('does not take an answer (%s) for silence', async (fault) => {
    const { state, guarded } = world(() => Promise.reject(kmsError(fault, 'spec:', 'no')));
    for (let at = 0; at < 8; at += 1) await failureOf(guarded.unwrap(WRAPPED, CONTEXT));
    expect(state.questions).toBe(8);
  });

  it('E24 ends a question in time, and wipes a seed that comes too late', async () => {
    const late = Buffer.alloc(32, 7);
    let answer!: (seed: Buffer) => void;
    const { guarded } = world(() => new Promise((resume) => (answer = resume)), 5);
    expect(reasonOf(await failureOf(guarded.unwrap(WRAPPED, CONTEXT)))).toBe('spec:: no answer within 5 ms');
    answer(late);
    await new Promise((resume) => setImmediate(resume));
    expect(late.equals(Buffer.alloc(32))).toBe(true);
  });

  it('E23 takes nothing for a seed that is not one', async () => {
    const { guarded } = world(() => Promise.resolve(Buffer.alloc(31)));
    expect(faultOf(await failureOf(guarded.unwrap(WRAPPED, CONTEXT)))).toBe('wrong');
    expect(faultOf(await failureOf(guarded.wrap(Buffer.alloc(32), CONTEXT)))).toBe('wrong');
  });

  it('says to callers that the key is not available, and to the log which KMS and why, never the other way round', () => {
    const error = kmsError('refused', 'awskms:alias/byok', 'DisabledException');
    expect(error.message).not.toContain('awskms');
    expect(reasonOf(error)).toBe('awskms:alias/byok: DisabledException');
  });
});
