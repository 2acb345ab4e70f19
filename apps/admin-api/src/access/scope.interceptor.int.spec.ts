import type { Principal } from '@byok/identity';
import { createLog, openDatabase, type Database } from '@byok/platform';
import type { ExecutionContext } from '@nestjs/common';
import { defer, lastValueFrom } from 'rxjs';
import { testDatabase, type TestDatabase } from '@byok/testing';
import { ScopeInterceptor } from './scope.interceptor.js';

let test: TestDatabase;
let db: Database;
const [A, B] = [`org_${'a'.repeat(32)}`, `org_${'b'.repeat(32)}`];

beforeAll(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('admin'), applicationName: 'spec', log: createLog('test', 'fatal') });
  for (const org of [A, B]) await db.acrossOrgs().query(`INSERT INTO identity.org (id, name, tier) VALUES ($1, 'x', 'trial')`, [org]);
});
afterAll(async () => {
  await db?.close();
  await test?.close();
});

/** A handler that forgot to say whose orgs it wants. */
const forgetful = (principal: Partial<Principal> | undefined): Promise<unknown> => {
  const context = { switchToHttp: () => ({ getRequest: () => ({ principal }) }) } as unknown as ExecutionContext;
  return lastValueFrom(new ScopeInterceptor().intercept(context, { handle: () => defer(() => db.query<{ id: string }>('SELECT id FROM identity.org ORDER BY id')) }));
};

it('A11 a handler that forgets to name its org sees the caller’s, and no other; the operator and who is not known yet see all', async () => {
  expect(await forgetful({ orgId: A as Principal['orgId'], isOperator: false })).toEqual([{ id: A }]);
  expect(await forgetful({ orgId: B as Principal['orgId'], isOperator: false })).toEqual([{ id: B }]);
  expect(await forgetful({ orgId: A as Principal['orgId'], isOperator: true })).toEqual([{ id: A }, { id: B }]);
  expect(await forgetful(undefined)).toEqual([{ id: A }, { id: B }]);
  expect(await db.query('SELECT id FROM identity.org')).toEqual([]);
});
