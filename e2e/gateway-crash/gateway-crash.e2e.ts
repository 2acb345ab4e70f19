import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { chat } from '../support/gateway-client.js';
import { providerKeys } from '../support/provider-keys.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorld, type Person, type World } from '../support/world.js';

const PEOPLE = 5;
const OPEN_EACH = 10;
const DONE_EACH = 4;

const { upstream, standalone } = standaloneOfSuite();
let world: World;
let people: Person[];

beforeAll(async () => {
  world = await newWorld(standalone, 'Crash');
  people = await Promise.all(Array.from({ length: PEOPLE }, (_, index) => world.person(`person${index}`)));
  await world.key({ type: 'group', id: await world.group('research', people) }, 'openai', providerKeys.openai());
});

const callAll = (times: number, fields: object) =>
  people.flatMap((person) => Array.from({ length: times }, (_, index) => chat(standalone.gatewayUrl, person.token, { user: person.name, stream: index % 2 === 0, ...fields }).catch(() => undefined)));

describe('kill -9 of the gateway in the middle of 50 open calls', () => {
  it('books every call the provider saw exactly once, the cut ones as estimates', async () => {
    await Promise.all(callAll(DONE_EACH, { model: 'gpt-4o-mini' }));
    // Half of them are in the middle of a stream, half wait for a plain answer's first byte.
    upstream.behave({ when: { model: 'gpt-4o' }, delayMs: 300, textTokens: 5_000, betweenEventsMs: 20 });
    upstream.behave({ when: { model: 'gpt-4.1-mini' }, isSilent: true });
    const streams = callAll(OPEN_EACH / 2, { model: 'gpt-4o', stream: true });
    const waiting = callAll(OPEN_EACH / 2, { model: 'gpt-4.1-mini', stream: false });
    const isUnderWay = () => upstream.openRequests() === PEOPLE * OPEN_EACH && upstream.witness().filter((row) => row.eventsDelivered > 3).length >= streams.length;
    expect(await eventually(isUnderWay, Boolean)).toBe(true);

    const { processes } = await standalone.runFile();
    process.kill(processes['gateway']!, 'SIGKILL');
    await Promise.all([...streams, ...waiting]);

    const seen = upstream.witness().length;
    expect(seen).toBe(PEOPLE * (OPEN_EACH + DONE_EACH));
    const lines = await world.usage('user', seen);
    const booked = Object.fromEntries(lines.map((line) => [line.user, [line.requests, line.estimatedRequests]]));
    expect(booked).toEqual(Object.fromEntries(people.map(({ id }) => [id, [OPEN_EACH + DONE_EACH, OPEN_EACH]])));
  });

  it('serves again after its restart, and books nothing twice', async () => {
    upstream.reset();
    const isServed = await eventually(() => chat(standalone.gatewayUrl, people[0]!.token).then((answer) => answer.status, () => 0), (status) => status === 200);
    expect(isServed).toBe(200);
    // Long enough for a second delivery of the spool, had there been one.
    await sleep(3_000);
    const [line] = await world.usage('org');
    expect(line).toMatchObject({ requests: PEOPLE * (OPEN_EACH + DONE_EACH) + upstream.witness().length, estimatedRequests: PEOPLE * OPEN_EACH });
  });

  it('is the same gateway after its restart: what it did for all is its spool’s to go on with', async () => {
    const spoolId = await readFile(join(standalone.dataDirectory, 'spool', 'spool-id'), 'utf8');
    const holderNow = async () => (await standalone.sql<{ holder: string }>('SELECT holder FROM gateway.lease WHERE until > now()'))[0]?.holder;
    expect(await eventually(holderNow, (holder) => holder === spoolId, 20_000)).toBe(spoolId);
  });
});
