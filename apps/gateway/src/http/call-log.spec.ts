import type { Principal } from '@byok/identity';
import type { Attempt } from '@byok/routing';
import { BatchedCallLog, type EndedCall } from './call-log.js';

const principal = { orgId: 'org_1', tokenId: null } as unknown as Principal;
const attempt = { provider: { id: 'openai' }, keyId: 'key_1', keyVersion: 2, owner: { type: 'user', id: 'usr_1' } } as Attempt;
const ended: EndedCall = { requestId: 'req_1', route: '/v1/messages', startedAt: 1, status: 200, durationMs: 12, record: { principal, attempt, model: 'm', stream: false, attempts: 1, firstByteAt: 10 }, code: undefined };

describe('the call log', () => {
  it('C07 writes one line of JSON per call, whatever the model is called', () => {
    const written: string[] = [];
    const log = new BatchedCallLog((lines) => void written.push(lines), 7, { now: () => 0 });
    log.say({ ...ended, record: { ...ended.record, model: `evil"\r\n{"level":60}\u2028${'x'.repeat(1_000)}` } });
    log.say({ ...ended, code: 'key_rejected', record: {} });
    log.flush();
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^[\n\x20-\x7e]+$/);
    const lines = written[0]!.trimEnd().split('\n').map((each) => JSON.parse(each) as Record<string, unknown>);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ level: 30, service: 'gateway', pid: 7, time: '1970-01-01T00:00:00.000Z', msg: 'call', requestId: 'req_1', orgId: 'org_1', keyId: 'key_1', keyVersion: 2, keyOwner: 'user', provider: 'openai', firstByteMs: 9, stream: false, attempts: 1 });
    expect(String(lines[0]!['model']).length).toBe(256);
    expect(lines[1]).toMatchObject({ code: 'key_rejected', stream: null, attempts: 0, firstByteMs: null });
  });
});
