import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog, makeDialer, EVERY_ORG, openDatabase, parseExceptions, type Database } from '@byok/platform';
import { startSmtpServer, testDatabase, type SmtpServer, type TestDatabase } from '@byok/testing';
import { setAlertSettings } from '../alerts/alert-settings.js';
import { listAlerts } from '../alerts/read-alerts.js';
import { raiseAlerts } from '../store/alerts.store.js';
import { createWebhook } from '../webhooks/create-webhook.js';
import { deleteWebhook } from '../webhooks/delete-webhook.js';
import { listWebhooks } from '../webhooks/read-webhooks.js';
import { testWebhook } from '../webhooks/test-webhook.js';
import { webhookSecrets } from '../webhooks/webhook-secrets.js';
import { deliverDue, type DeliverDeps } from './deliver-due.js';
import { openMailer, type Mailer } from './send-mail.js';

const log = createLog('test', 'fatal');
const FROM = 'byok <alerts@byok.test>';
let test: TestDatabase;
let db: Database;
let smtp: SmtpServer;
let mailer: Mailer;
let receiver: Server;
let receiverUrl: string;
let posts: { path: string; headers: IncomingHttpHeaders; body: string }[] = [];
let answerWith: { status: number; headers?: Record<string, string> } = { status: 200 };
let deps: DeliverDeps;

beforeAll(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('billing'), applicationName: 'test', log, poolSize: 20, scope: EVERY_ORG });
  smtp = await startSmtpServer();
  mailer = openMailer({ smtpUrl: smtp.url, from: FROM });
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posts.push({ path: request.url!, headers: request.headers, body });
      response.writeHead(answerWith.status, answerWith.headers).end('x'.repeat(200_000));
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  receiverUrl = `http://127.0.0.1:${port}`;
  const dialer = makeDialer({ exceptions: parseExceptions(`127.0.0.1:${port}`), connectTimeoutMs: 1_000 });
  deps = { db, log, mailer, dialer, secrets: webhookSecrets('a secret of the service, 32 long'), clock: { now: () => Date.now() } };
});
afterEach(() => {
  posts = [];
  smtp.received.length = 0;
  smtp.isBusy = false;
  answerWith = { status: 200 };
});
afterAll(async () => {
  mailer.close();
  await smtp.close();
  receiver.closeAllConnections();
  receiver.close();
  await db.close();
  await test.close();
});

let orgs = 0;
const newOrg = () => `org_outbox_${++orgs}`;
const hook = (orgId: string, more: object = {}) => createWebhook(deps, { orgId, name: 'ops', format: 'signed', url: `${receiverUrl}/T0/secret-path?x=1`, kinds: [], createdBy: 'usr_1', ...more });
const raise = (orgId: string, occasion = 'once', kind: 'key_failing' | 'low_balance' = 'key_failing') =>
  db.transaction((tx) => raiseAlerts(tx, [{ orgId, kind, subject: 'key_1', occasion, facts: { provider: 'openai', reason: 'key_rejected', balanceUsd: '1.00', limitUsd: '5.00' } }]));
const deliveries = async (orgId: string) => (await listAlerts({ db }, { orgId })).items.flatMap((alert) => alert.deliveries);
const dueNow = () => db.query(`UPDATE billing.outbox SET next_attempt_at = now() WHERE status = 'pending'`);

describe('an alert', () => {
  it('goes out once by e-mail, webhook and Slack, however many raise it and however many deliver', async () => {
    const orgId = newOrg();
    await setAlertSettings({ db }, { orgId, mailTo: ['ann@example.com', 'bob@example.com'], lowBalanceUsd: '' });
    const { secret } = await hook(orgId);
    await hook(orgId, { format: 'slack', url: `${receiverUrl}/slack` });
    await hook(orgId, { url: `${receiverUrl}/other`, kinds: ['low_balance'] });
    const raised = await Promise.all(Array.from({ length: 20 }, () => raise(orgId)));
    expect(raised.reduce((sum, count) => sum + count, 0)).toBe(1);
    await Promise.all(Array.from({ length: 8 }, () => deliverDue(deps)));
    await deliverDue(deps);

    expect(smtp.received).toHaveLength(1);
    expect(smtp.received[0]).toMatchObject({ to: ['ann@example.com', 'bob@example.com'] });
    expect(smtp.received[0]!.text).toMatch(/From: byok <alerts@byok\.test>[\s\S]*Key key_1 \(openai\) fails: key_rejected\./);
    expect(posts.map((post) => post.path).sort()).toEqual(['/T0/secret-path?x=1', '/slack']);
    const signed = posts.find((post) => post.path !== '/slack')!;
    const expected = createHmac('sha256', secret).update(`${signed.headers['x-byok-timestamp'] as string}.${signed.body}`).digest('hex');
    expect(signed.headers['x-byok-signature']).toBe(`v1=${expected}`);
    expect(Math.abs(Number(signed.headers['x-byok-timestamp']) - Date.now() / 1_000)).toBeLessThan(10);
    expect(JSON.parse(signed.body)).toMatchObject({ orgId, kind: 'key_failing', text: 'Key key_1 (openai) fails: key_rejected.', facts: { provider: 'openai' } });
    expect(JSON.parse(posts.find((post) => post.path === '/slack')!.body)).toEqual({ text: 'Key key_1 (openai) fails: key_rejected.' });
    expect((await deliveries(orgId)).map(({ status, attempts }) => [status, attempts])).toEqual([['sent', 1], ['sent', 1], ['sent', 1]]);
  });

  it('is not raised and not told when its transaction rolls back', async () => {
    const orgId = newOrg();
    await hook(orgId);
    const rolledBack = db.transaction(async (tx) => {
      await raiseAlerts(tx, [{ orgId, kind: 'low_balance', subject: orgId, occasion: 'x', facts: {} }]);
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    await deliverDue(deps);
    expect(posts).toEqual([]);
    expect((await listAlerts({ db }, { orgId })).items).toEqual([]);
  });

  it('is tried again, later each time, and is dead after the last try, for all to see', async () => {
    const orgId = newOrg();
    await setAlertSettings({ db }, { orgId, mailTo: ['ann@example.com'], lowBalanceUsd: '' });
    await hook(orgId);
    [smtp.isBusy, answerWith] = [true, { status: 503 }];
    await raise(orgId);
    await deliverDue(deps);
    await deliverDue(deps);
    expect(posts).toHaveLength(1);
    expect(await deliveries(orgId)).toEqual(expect.arrayContaining([{ to: 'email', status: 'pending', attempts: 1, problem: 'The mail server did not take the message.' }]));
    for (let tries = 0; tries < 10; tries++) {
      await dueNow();
      await deliverDue(deps);
    }
    expect(posts).toHaveLength(8);
    expect(new Set(posts.map((post) => post.headers['x-byok-delivery'])).size).toBe(1);
    expect((await deliveries(orgId)).map(({ status, attempts, problem }) => [status, attempts, problem])).toEqual(
      expect.arrayContaining([['dead', 8, 'The receiver answered 503.'], ['dead', 8, 'The mail server did not take the message.']]),
    );
    expect(smtp.received).toEqual([]);
  });

  it('goes out after a receiver was away, and after whoever was sending it died', async () => {
    const orgId = newOrg();
    await hook(orgId);
    answerWith = { status: 500 };
    await raise(orgId);
    await deliverDue(deps);
    answerWith = { status: 204 };
    // What a dead sender took is due again when its lease is over.
    await db.query(`UPDATE billing.outbox SET attempts = attempts + 1, next_attempt_at = now() - interval '1 second' WHERE status = 'pending'`);
    await deliverDue(deps);
    expect((await deliveries(orgId)).map(({ status }) => status)).toEqual(['sent']);
  });

  it('stays in the list alone when the operator has no mail server', async () => {
    const orgId = newOrg();
    await setAlertSettings({ db }, { orgId, mailTo: ['ann@example.com'], lowBalanceUsd: '' });
    await raise(orgId);
    await deliverDue({ ...deps, mailer: null });
    expect(await deliveries(orgId)).toEqual([{ to: 'email', status: 'dead', attempts: 1, problem: 'E-mail is not set up here (SMTP_URL).' }]);
  });

  it('of an org whose receivers hang does not hold up those of others', async () => {
    const [slow, quick] = [newOrg(), newOrg()];
    await hook(slow);
    for (let index = 0; index < 40; index++) await raise(slow, `occasion ${index}`);
    await hook(quick, { url: `${receiverUrl}/quick` });
    await raise(quick);
    await deliverDue(deps);
    expect(posts.filter((post) => post.path === '/quick')).toHaveLength(1);
    while ((await deliverDue(deps)) > 0);
    expect(posts).toHaveLength(41);
  });
});

describe('a webhook', () => {
  it('shows its secret once and its address never, and keeps neither in clear', async () => {
    const orgId = newOrg();
    const { id, secret } = await hook(orgId);
    expect(secret).toMatch(/^whsec_[\w-]{43}$/);
    const { items } = await listWebhooks({ db }, { orgId });
    expect(items).toMatchObject([{ id, host: '127.0.0.1', secret: '' }]);
    const kept = JSON.stringify(await db.query(`SELECT *, encode(sealed_url, 'escape') AS text FROM billing.webhook WHERE org_id = $1`, [orgId]));
    expect(kept).not.toMatch(/secret-path|whsec_/);
  });

  it('B01 may not name an inside address, nor a name, port or scheme that is none of ours', async () => {
    const orgId = newOrg();
    const guarded = { ...deps, dialer: makeDialer({ exceptions: parseExceptions(''), connectTimeoutMs: 500 }) };
    for (const url of ['http://169.254.169.254/latest', 'https://127.0.0.1/', 'https://[::1]/', 'https://10.0.0.8/', 'http://example.com/', 'https://example.com:8443/', 'https://localhost/', 'https://user:pass@example.com/']) {
      await expect(createWebhook(guarded, { orgId, name: 'x', format: 'signed', url, createdBy: 'usr_1' })).rejects.toMatchObject({ code: 'endpoint_not_allowed' });
    }
    await expect(createWebhook(guarded, { orgId, name: 'x', format: 'signed', url: 'file:///etc/passwd', createdBy: 'usr_1' })).rejects.toMatchObject({ code: 'invalid_request' });
    expect((await listWebhooks({ db }, { orgId })).items).toEqual([]);
  });

  it('B01 whose name comes to mean an inside address is not posted to, and is dead at once', async () => {
    const orgId = newOrg();
    const turned = makeDialer({ exceptions: parseExceptions(''), connectTimeoutMs: 500, resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) });
    const { id } = await createWebhook({ ...deps, dialer: turned }, { orgId, name: 'x', format: 'signed', url: 'https://hooks.example.com/', createdBy: 'usr_1' });
    await raise(orgId);
    await deliverDue({ ...deps, dialer: turned });
    expect(await deliveries(orgId)).toMatchObject([{ to: id, attempts: 1, status: 'dead' }]);
    expect(posts).toEqual([]);
  });

  it('B01 that redirects is not followed', async () => {
    const orgId = newOrg();
    const { id } = await hook(orgId);
    answerWith = { status: 307, headers: { location: `${receiverUrl}/elsewhere` } };
    expect(await testWebhook(deps, { orgId, webhookId: id })).toEqual({ isDelivered: false, problem: 'The receiver answered 307.' });
    expect(posts.map((post) => post.path)).toEqual(['/T0/secret-path?x=1']);
  });

  it('is tested on demand, by its own org only, and gets nothing when it is deleted', async () => {
    const orgId = newOrg();
    const { id } = await hook(orgId);
    expect(await testWebhook(deps, { orgId, webhookId: id })).toEqual({ isDelivered: true, problem: '' });
    for (const verb of [testWebhook, deleteWebhook]) await expect(verb(deps, { orgId: newOrg(), webhookId: id })).rejects.toMatchObject({ code: 'not_found' });
    await raise(orgId);
    await deleteWebhook({ db }, { orgId, webhookId: id });
    posts = [];
    await deliverDue(deps);
    expect(posts).toEqual([]);
    expect(await deliveries(orgId)).toMatchObject([{ status: 'dead', problem: 'The webhook was deleted.' }]);
    await expect(testWebhook(deps, { orgId, webhookId: id })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('cannot be made, and is not posted to, without a secret of the service, or after that was changed', async () => {
    const orgId = newOrg();
    await expect(createWebhook({ ...deps, secrets: null }, { orgId, name: 'x', format: 'signed', url: receiverUrl, createdBy: 'usr_1' })).rejects.toMatchObject({ code: 'conflict' });
    const { id } = await hook(orgId);
    const other = { ...deps, secrets: webhookSecrets('another secret of the same service') };
    expect(await testWebhook(other, { orgId, webhookId: id })).toMatchObject({ isDelivered: false, problem: expect.stringContaining('WEBHOOK_SECRET') as string });
    expect(posts).toEqual([]);
  });
});
