import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BudgetsForAdmin } from '@byok/contracts';
import { newId } from '@byok/kernel';
import { grpcClient, type Certificates, type GrpcClient } from '@byok/platform';
import { freePort, startServiceProcess, testAuthority, testDatabase, type ServiceProcess, type TestDatabase } from '@byok/testing';

const folder = mkdtempSync(join(tmpdir(), 'byok-budgets-spec-'));
const ORG = 'org_rpc';
let test: TestDatabase;
let billing: ServiceProcess;
let certificatesOf: (service: string) => Promise<Certificates>;
let port: number;
let admin: GrpcClient<BudgetsForAdmin>;

const clientWith = (certificates: Certificates) =>
  grpcClient<BudgetsForAdmin>({ protocol: 'usage_billing', service: 'UsageBilling', address: `127.0.0.1:${port}`, serverName: 'usage-billing', certificates });

beforeAll(async () => {
  test = await testDatabase();
  certificatesOf = await testAuthority();
  port = await freePort();
  const variables = { DATABASE_URL: test.url('billing'), GRPC_PORT: String(port), WEBHOOK_SECRET: 'a secret that is long enough, 32' };
  billing = await startServiceProcess({ entry: join(import.meta.dirname, '..', 'main.ts'), folder, certificates: await certificatesOf('usage-billing'), variables });
  admin = clientWith(await certificatesOf('admin-api'));
});
afterAll(async () => {
  admin.close();
  await billing.kill('SIGTERM');
  await test.close();
  rmSync(folder, { recursive: true });
});

describe('budgets over gRPC', () => {
  it('tell an absent field from a false or an empty one', async () => {
    const made = await admin.createBudget({
      ...{ id: newId('budget'), orgId: ORG, name: 'Test', scope: 'org', scopeId: ORG, amountUsd: '5', period: 'week', timeZone: 'Europe/Berlin', createdBy: 'usr_1', mailTo: 'ann@example.com' },
      ...{ isHard: true, isShadow: false, includesOwnKeys: true, thresholds: [50, 100] },
    });
    expect(made).toMatchObject({ amountUsd: '5.00', spentUsd: '0.00', remainingUsd: '5.00', isHard: true, thresholds: [50, 100], status: 'active' });
    const ids = { orgId: ORG, budgetId: made.id };
    expect(await admin.updateBudget({ ...ids, name: 'Other' })).toMatchObject({ name: 'Other', isHard: true, includesOwnKeys: true, thresholds: [50, 100], amountUsd: '5.00' });
    expect(await admin.updateBudget({ ...ids, isHard: false, includesOwnKeys: false, thresholds: { percent: [] }, amountUsd: '0' })).toMatchObject({ isHard: false, includesOwnKeys: false, thresholds: [], amountUsd: '0.00' });
    expect((await admin.listBudgets({ orgId: ORG, after: '', limit: 0, subjects: [], isEverything: true })).items).toHaveLength(1);
    expect(await admin.getAlertSettings({ orgId: ORG })).toEqual({ orgId: ORG, mailTo: ['ann@example.com'], lowBalanceUsd: '' });
    expect(await admin.deleteBudget(ids)).toEqual({});
    await expect(admin.getBudget(ids)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuse a webhook inside with its own code, and take one outside', async () => {
    const webhook = { orgId: ORG, name: 'ops', format: 'signed', kinds: ['low_balance'], createdBy: 'usr_1' };
    await expect(admin.createWebhook({ ...webhook, url: 'https://10.0.0.1/hook' })).rejects.toMatchObject({ code: 'endpoint_not_allowed' });
    expect(await admin.createWebhook({ ...webhook, url: 'https://hooks.example.com/x' })).toMatchObject({ host: 'hooks.example.com', kinds: ['low_balance'], secret: expect.stringMatching(/^whsec_/) as string });
    expect(await admin.listAlerts({ orgId: ORG, after: '', limit: 0, isOpen: false })).toEqual({ items: [], next: '' });
  });

  it.each(['gateway', 'key-vault'])('are nothing for %s', async (caller) => {
    const client = clientWith(await certificatesOf(caller));
    await expect(client.listBudgets({ orgId: ORG, after: '', limit: 0, subjects: [], isEverything: true })).rejects.toMatchObject({ code: 'caller_not_allowed' });
    await expect(client.listWebhooks({ orgId: ORG })).rejects.toMatchObject({ code: 'caller_not_allowed' });
    client.close();
  });
});
