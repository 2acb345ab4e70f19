import { newId } from '@byok/kernel';
import { createLog, systemClock } from '@byok/platform';
import { openSpool } from '../spool/open-spool.js';
import { OpenIntent } from '../spool/open-intents.js';
import { intentLine, outcomeLine, sameFields, startFields, type UsageStart } from '../spool/records.js';

/** Runs as a process of its own: begins and finishes attempts as fast as it can, tells its parent, and is killed. */
const away = { add: () => Promise.reject(new Error('away')), close: async () => undefined };
const spool = openSpool({ folder: process.argv[2]!, queue: away, clock: systemClock, log: createLog('spool-child', 'error'), segmentBytes: 20_000 });

async function attempt(): Promise<void> {
  const id = newId('event');
  const owner = newId('user');
  const start: UsageStart = { eventId: id, requestId: newId('request'), attempt: 1, orgId: newId('org'), groupId: null, userId: owner, tokenId: null, keyId: newId('key'), keyOwner: 'user', keyOwnerId: owner, provider: 'openai', model: 'm', endpoint: 'chat', stream: false, startedAt: 1, tags: {} };
  const fields = startFields(start, sameFields(start));
  const intent = new OpenIntent(intentLine(fields, 100));
  await spool.writer.intend(intent);
  process.send!({ what: 'begun', id });
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  spool.writer.finish(intent, outcomeLine(fields, { outcome: 'ok', httpStatus: 200, errorCode: null, meters: null, usageSource: 'none', estimated: false, firstByteAt: null, endedAt: 2 }));
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  process.send!({ what: 'finished', id });
}

for (let worker = 0; worker < 20; worker++) {
  void (async () => {
    for (;;) await attempt();
  })();
}
