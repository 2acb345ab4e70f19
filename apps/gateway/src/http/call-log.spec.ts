import { BatchedCallLog, type CallLine } from './call-log.js';

const line: CallLine = { requestId: 'req_1', route: '/v1/messages', status: 200, durationMs: 12, firstByteMs: 9, orgId: 'org_1', tokenId: null, model: 'm', stream: false, provider: 'openai', keyId: 'key_1', keyVersion: 2, keyOwner: 'user', attempts: 1, code: undefined };

describe('the call log', () => {
  it('C07 writes one line of JSON per call, whatever the model is called', () => {
    const written: string[] = [];
    const log = new BatchedCallLog((lines) => void written.push(lines), 7, { now: () => 0 });
    log.say({ ...line, model: `evil"\r\n{"level":60}\u2028${'x'.repeat(1_000)}` });
    log.say({ ...line, code: 'key_rejected', model: undefined, orgId: undefined });
    log.flush();
    expect(written).toHaveLength(1);
    const lines = written[0]!.trimEnd().split('\n').map((each) => JSON.parse(each) as Record<string, unknown>);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ level: 30, service: 'gateway', pid: 7, time: '1970-01-01T00:00:00.000Z', msg: 'call', requestId: 'req_1', orgId: 'org_1', stream: false, attempts: 1 });
    expect(String(lines[0]!['model']).length).toBe(256);
    expect(lines[1]).toMatchObject({ code: 'key_rejected' });
  });
});
