import { fork, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageEvent, type UsageBatch } from '@byok/contracts';
import { newId } from '@byok/kernel';
import { createLog, systemClock, type QueueProducer } from '@byok/platform';
import { eventsOfBatch } from '../spec/events-of-batch.js';
import { openSpool, type Spool } from './open-spool.js';
import { OpenIntent } from './open-intents.js';
import { intentLine, outcomeLine, sameFields, startFields, type UsageEnd, type UsageStart } from './records.js';

const log = createLog('spool-test', 'error');

class MemoryQueue implements QueueProducer<UsageBatch> {
  events: UsageEvent[] = [];
  jobs: string[] = [];
  failure: Error | undefined;
  async add(batch: UsageBatch, jobId: string): Promise<void> {
    if (this.failure) throw this.failure;
    this.jobs.push(jobId);
    this.events.push(...eventsOfBatch(batch).map((event) => UsageEvent.parse(event)));
  }
  async close(): Promise<void> {}
}

export const aStart = (changes: Partial<UsageStart> = {}): UsageStart => ({
  eventId: newId('event'),
  requestId: newId('request'),
  attempt: 1,
  orgId: newId('org'),
  groupId: null,
  userId: newId('user'),
  tokenId: newId('token'),
  keyId: newId('key'),
  keyOwner: 'user',
  keyOwnerId: newId('user'),
  provider: 'openai',
  model: 'gpt-4o "quoted" \\ ünï',
  endpoint: 'chat',
  stream: false,
  tags: {},
  startedAt: 1_000,
  ...changes,
});

const anEnd: UsageEnd = { outcome: 'ok', httpStatus: 200, errorCode: null, meters: { inputUncached: 7, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 3, reasoning: 0, audioIn: 0, audioOut: 0, imageIn: 2 }, usageSource: 'provider', estimated: false, firstByteAt: 1_500, endedAt: 2_000 };

const fieldsOf = (start: UsageStart): string => startFields(start, sameFields(start));

describe('the spool', () => {
  const intents = new WeakMap<UsageStart, OpenIntent>();
  let folder: string;
  let queue: MemoryQueue;
  const spools: Spool[] = [];
  const open = (options: object = {}): Spool => {
    const spool = openSpool({ folder, queue, clock: systemClock, log, batchMs: 10, ...options });
    spools.push(spool);
    return spool;
  };
  const begin = async (spool: Spool, start = aStart()): Promise<UsageStart> => {
    const intent = new OpenIntent(intentLine(fieldsOf(start), 400));
    intents.set(start, intent);
    await spool.writer.intend(intent);
    return start;
  };
  const finish = (spool: Spool, start: UsageStart): void => spool.writer.finish(intents.get(start)!, outcomeLine(fieldsOf(start), anEnd));
  const arrived = async (count: number): Promise<UsageEvent[]> => {
    for (let waited = 0; queue.events.length < count && waited < 5_000; waited += 5) await new Promise((resolve) => setTimeout(resolve, 5));
    return queue.events;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'byok-spool-'));
    queue = new MemoryQueue();
  });
  afterEach(async () => {
    queue.failure = undefined;
    await Promise.all(spools.splice(0).map((spool) => spool.close().catch(() => undefined)));
    rmSync(folder, { recursive: true, force: true });
  });

  it('has the intent on disk before the provider may be called', async () => {
    const spool = open();
    const start = await begin(spool);
    const [segment] = readdirSync(folder).filter((name) => name.startsWith('segment-'));
    expect(readFileSync(join(folder, segment!), 'utf8')).toContain(start.eventId);
  });

  it('ships an outcome as a whole usage event, word for word', async () => {
    const spool = open();
    const start = await begin(spool);
    finish(spool, start);
    expect(await arrived(1)).toEqual([{ v: 1, ...start, ...anEnd }]);
  });

  it('writes all records of one turn together and ships at most 1,000 in a batch', async () => {
    const spool = open();
    const starts = Array.from({ length: 2_400 }, () => aStart());
    await Promise.all(starts.map((start) => begin(spool, start)));
    for (const start of starts) finish(spool, start);
    expect(new Set((await arrived(2_400)).map((event) => event.eventId)).size).toBe(2_400);
    expect(queue.jobs.length).toBeGreaterThanOrEqual(3);
    expect(queue.jobs.every((job) => !job.includes(':'))).toBe(true);
  });

  it('keeps open intents when their segment is shipped and deleted', async () => {
    const spool = open({ segmentBytes: 2_000 });
    const old = await begin(spool);
    for (let call = 0; call < 50; call++) finish(spool, await begin(spool));
    await arrived(50);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readdirSync(folder).filter((name) => name.startsWith('segment-')).length).toBeLessThan(5);
    await spool.close();
    const next = open();
    expect(next.recovered).toBe(1);
    expect((await arrived(51)).find((event) => event.eventId === old.eventId)).toMatchObject({ outcome: 'crashed', estimated: true, usageSource: 'counted', meters: { inputUncached: 100, output: 0 } });
  });

  it('G07 keeps events while the queue is away and ships each once it is back', async () => {
    const spool = open();
    queue.failure = new Error('away');
    const starts = await Promise.all(Array.from({ length: 20 }, () => begin(spool)));
    for (const start of starts) finish(spool, start);
    for (let waited = 0; spool.shipper.failures === 0 && waited < 2_000; waited += 5) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(spool.shipper.failures).toBeGreaterThan(0);
    queue.failure = undefined;
    const events = await arrived(20);
    expect(events).toHaveLength(20);
    expect(new Set(events.map((event) => event.eventId)).size).toBe(20);
  });

  it('G08 sends again what the queue took in the last moments when it comes back and may have forgotten it, over the end of a segment, too', async () => {
    let hasReturned: () => void = () => undefined;
    Object.assign(queue, { onReturn: (listener: () => void) => (hasReturned = listener) });
    const spool = open({ segmentBytes: 2_000 });
    const starts = await Promise.all(Array.from({ length: 20 }, () => begin(spool)));
    for (const start of starts) finish(spool, start);
    await arrived(20);
    queue.events = [];
    hasReturned();
    const again = await arrived(20);
    expect(new Set(again.map((event) => event.eventId))).toEqual(new Set(starts.map((start) => start.eventId)));
    const later = await begin(spool);
    finish(spool, later);
    await arrived(again.length + 1);
    expect(queue.events.at(-1)!.eventId).toBe(later.eventId);
  });

  it('goes on after the last acknowledged batch, not from the beginning', async () => {
    const spool = open();
    finish(spool, await begin(spool));
    await arrived(1);
    await spool.close();
    const next = open();
    finish(next, await begin(next));
    await arrived(2);
    expect(queue.events).toHaveLength(2);
    expect(new Set(queue.jobs).size).toBe(2);
  });

  it('reads on after a torn last line and after a line that nobody wrote', async () => {
    const spool = open();
    const start = await begin(spool);
    await spool.close();
    const segment = join(folder, readdirSync(folder).find((name) => name.startsWith('segment-'))!);
    appendFileSync(segment, `garbage\n${outcomeLine(fieldsOf(aStart()), anEnd)}{"t":"outcome","event":{"v":1,"eve`);
    const next = open();
    expect(next.recovered).toBe(1);
    expect((await arrived(2)).map((event) => event.outcome).sort()).toEqual(['crashed', 'ok']);
    expect(queue.events.find((event) => event.outcome === 'crashed')!.eventId).toBe(start.eventId);
  });

  it('refuses intents beyond its size, which refuses the call, and takes them again when there is room', async () => {
    let now = 10_000;
    const spool = open({ maxBytes: 3_000, clock: { now: () => now } });
    queue.failure = new Error('away');
    const starts = await Promise.all(Array.from({ length: 10 }, () => begin(spool)));
    now += 2_000;
    await expect(begin(spool)).rejects.toMatchObject({ code: 'service_unavailable' });
    expect(spool.writer.isWritable).toBe(false);
    for (const start of starts) finish(spool, start);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(spool.writer.openIntents).toBe(0);
    expect(spool.waitingBytes()).toBeGreaterThan(3_000);
    rmSync(join(folder, readdirSync(folder).find((name) => name.startsWith('segment-'))!));
    now += 2_000;
    for (let waited = 0; !spool.writer.isWritable && waited < 5_000; waited += 20) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(spool.writer.isWritable).toBe(true);
  });

  it('keeps its id for as long as its folder lives, and makes a torn one anew', async () => {
    const first = open();
    await first.close();
    const again = open();
    expect(again.gatewayId).toBe(first.gatewayId);
    await again.close();
    writeFileSync(join(folder, 'spool-id'), '');
    expect(open().gatewayId).toMatch(/^gw[0-9a-f]{16}$/);
    expect(readFileSync(join(folder, 'spool-id'), 'utf8')).not.toBe(first.gatewayId);
  });

  it('refuses a folder that another living gateway uses, and takes over that of a dead one', () => {
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.ppid, startedAt: startedAt(process.ppid) }));
    expect(() => open()).toThrow(/in use by process/);
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.ppid, startedAt: 'before a reboot' }));
    expect(() => open()).not.toThrow();
  });

  it('G03 loses nothing to kill -9: every finished attempt is shipped once, every open one as crashed', async () => {
    const child = fork(join(import.meta.dirname, '../spec/spool-child.ts'), [folder], {
      execArgv: ['--conditions=@byok/source', '--import', '@swc-node/register/esm-register'],
      env: { PATH: '/usr/bin' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const told = await collectUntil(child, 400);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const spool = open();
    const begun = told.filter((each) => each.what === 'begun');
    const finished = new Set(told.filter((each) => each.what === 'finished').map((each) => each.id));
    const events = await arrived(begun.length);
    const byId = new Map(events.map((event) => [event.eventId, event]));
    expect(byId.size).toBe(events.length);
    for (const { id } of begun) expect(byId.has(id)).toBe(true);
    for (const id of finished) expect(byId.get(id)!.outcome).toBe('ok');
    expect(spool.recovered).toBeGreaterThan(0);
    expect(events.filter((event) => event.outcome === 'crashed').every((event) => event.estimated)).toBe(true);
  });
});

function startedAt(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19]!;
}

/** What the child said it had done, each after it was done, until so many attempts were begun. */
function collectUntil(child: ChildProcess, count: number): Promise<{ what: 'begun' | 'finished'; id: string }[]> {
  const told: { what: 'begun' | 'finished'; id: string }[] = [];
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      told.push(message as { what: 'begun'; id: string });
      if (told.filter((each) => each.what === 'begun').length >= count) resolve(told);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the child ended before its time')));
  });
}
