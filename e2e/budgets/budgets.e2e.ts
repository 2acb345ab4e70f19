import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { startSmtpServer, type SmtpServer } from '@byok/testing';
import type { Json } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { chat } from '../support/gateway-client.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorldWithKey } from '../support/world.js';

let smtp: SmtpServer;
let receiver: Server;
let receiverUrl: string;
const posts: { headers: IncomingHttpHeaders; body: string }[] = [];

beforeAll(async () => {
  smtp = await startSmtpServer();
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posts.push({ headers: request.headers, body });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  receiverUrl = `http://127.0.0.1:${port}/alerts`;
});
const { upstream, standalone } = standaloneOfSuite(() => ({ environment: { SMTP_URL: smtp.url, MAIL_FROM: 'byok <alerts@byok.test>', WEBHOOK_EGRESS_ALLOW: new URL(receiverUrl).host } }));
afterAll(async () => {
  await smtp?.close();
  receiver?.closeAllConnections();
  receiver?.close();
});

const statusOf = async (token: string) => (await chat(standalone.gatewayUrl, token)).status;

describe('a budget', () => {
  it('that is soft lets every call through and tells once, by list, mail and signed webhook', async () => {
    const { world, person } = await newWorldWithKey(standalone, 'Soft');
    const { secret } = (await world.owner.post('/api/webhooks', { name: 'ops', url: receiverUrl })) as { secret: string };
    const budget = await world.owner.post('/api/budgets', { name: 'Tiny', amountUsd: '0.000001', period: 'month', timeZone: 'America/New_York', includesOwnKeys: true, thresholds: [100] });
    for (let calls = 0; calls < 5; calls++) expect(await statusOf(person.token)).toBe(200);
    await world.usage('org', 5);
    const items = await eventually(async () => (await world.owner.get('/api/alerts'))['items'] as Json[], ([first]) => first !== undefined && first['deliveries'].every((each: Json) => each['status'] === 'sent'), 20_000);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ kind: 'budget_threshold', subject: budget['id'], facts: { percent: 100 } });
    await pause(2_000);
    expect(smtp.received.filter((mail) => mail.text.includes(items[0]!['id'] as string))).toHaveLength(1);
    const mine = posts.filter((post) => post.body.includes(items[0]!['id'] as string));
    expect(mine).toHaveLength(1);
    const { headers, body } = mine[0]!;
    expect(headers['x-byok-signature']).toBe(`v1=${createHmac('sha256', secret).update(`${headers['x-byok-timestamp'] as string}.${body}`).digest('hex')}`);
    expect(Number((await world.owner.get(`/api/budgets/${budget['id']}`))['remainingUsd'])).toBeLessThan(0);
  });

  it('G18 that is hard refuses with 402 before anything is sent, and every change of it is seen by the next calls', async () => {
    const { world, person } = await newWorldWithKey(standalone, 'Hard');
    const seen = async (status: number) => eventually(() => statusOf(person.token), (answered) => answered === status, 5_000);
    expect(await statusOf(person.token)).toBe(200);
    const budget = await world.owner.post('/api/budgets', { name: 'Nothing', amountUsd: '0', period: 'day', includesOwnKeys: true, hard: true });
    const change = (fields: object) => world.owner.patch(`/api/budgets/${budget['id']}`, fields);
    await seen(402);
    const before = upstream.witness().length;
    const refused = await chat(standalone.gatewayUrl, person.token);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([402, expect.stringContaining('budget_exceeded')]);
    expect(upstream.witness().length).toBe(before);
    for (const [fields, status] of [[{ amountUsd: '100' }, 200], [{ amountUsd: '0' }, 402], [{ shadow: true }, 200], [{ shadow: false }, 402], [{ includesOwnKeys: false }, 200], [{ includesOwnKeys: true }, 402], [{ status: 'paused' }, 200], [{ status: 'active' }, 402]] as const) {
      await change(fields);
      expect([fields, await seen(status)]).toEqual([fields, status]);
    }
    await world.owner.delete(`/api/budgets/${budget['id']}`);
    await seen(200);
  });
});
