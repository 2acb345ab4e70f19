import { generateKeyPairSync } from 'node:crypto';
import { ensureFirstAdmin, ServiceJwts, sessionSigningKey, sessionVerifyKey } from '@byok/identity';
import { createLog, openDatabase, parseExceptions, systemClock, type Database } from '@byok/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { memoryLimiter } from '../auth/limiters.js';
import { buildApp } from '../build-app.js';
import { providerCatalogue } from '../clients/catalogue.js';
import type { AdminDeps } from '../deps.js';
import { makeOutside } from '../sign-in/outside.js';
import { startNeighbours, type Neighbours } from './neighbours.js';

export interface Answer<T = any> { // eslint-disable-line @typescript-eslint/no-explicit-any -- a spec reads whatever came
  status: number;
  body: T;
  headers: Record<string, unknown>;
  text: string;
}

export interface Caller {
  (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface TestApi {
  app: NestFastifyApplication;
  db: Database;
  deps: AdminDeps;
  neighbours: Neighbours;
  /** Calls with this credential; without one, as a stranger. */
  as(credential?: string): Caller;
  signIn(email: string, password?: string): Promise<Caller>;
  close(): Promise<void>;
}

export const PASSWORD = 'correct horse battery';
export const SCANNER_SECRET = 'a secret of the scanner, 32 characters long';
export const OPERATOR = 'operator@platform.test';

export interface TestApiOptions {
  /** Identity providers on loopback. */
  egressAllow?: string;
}

/** The whole admin API on a real database, with stand-ins for its three neighbours. */
export async function startTestApi(databaseUrl: string, { egressAllow = '' }: TestApiOptions = {}): Promise<TestApi> {
  const log = createLog('admin-api', 'error');
  const served = await openDatabase({ url: databaseUrl, applicationName: 'admin-api-spec', log });
  // A spec looks at whatever it wants; the application is handed the one that sees nothing unasked.
  const db = served.acrossOrgs();
  const neighbours = await startNeighbours({ db, clock: systemClock });
  const deps = depsOf(served, log, neighbours, egressAllow);
  const app = await buildApp(deps, { trustedProxies: [] });
  await ensureFirstAdmin(db, { email: OPERATOR, password: PASSWORD });
  const as = callerOf(app);
  return {
    ...{ app, db, neighbours, as, deps },
    signIn: async (email, password = PASSWORD) => as((await as()('POST', '/api/auth/login', { email, password })).body.accessToken as string),
    close: async () => {
      await app.close();
      neighbours.close();
      await db.close();
    },
  };
}

function depsOf(db: Database, log: AdminDeps['log'], { clients }: Neighbours, egressAllow: string): AdminDeps {
  const outside = makeOutside(parseExceptions(egressAllow));
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    ...{ db, log, clock: systemClock, outside, ...clients },
    serviceJwts: new ServiceJwts({ db: db.acrossOrgs(), clock: systemClock, fetchJson: outside.json, place: 'admin-api' }),
    catalogue: providerCatalogue({ probe: clients.probe, clock: systemClock }),
    ...{ sessionSigningKey: sessionSigningKey(pem), sessionVerifyKey: sessionVerifyKey(pem) },
    loginLimiter: memoryLimiter({ points: 5, seconds: 900, what: 'sign-in attempts' }),
    placeLimiter: memoryLimiter({ points: 50, seconds: 15 * 60, what: 'sign-in attempts from your address' }),
    signInLimiter: memoryLimiter({ points: 100, seconds: 15 * 60, what: 'sign-ins from your address' }),
    probeLimiter: memoryLimiter({ points: 10, seconds: 3600, what: 'failed key tests' }),
    secretScanningSecrets: [SCANNER_SECRET],
    webhookLimiter: memoryLimiter({ points: 30, seconds: 3600, what: 'webhook tests' }),
  };
}

function callerOf(app: NestFastifyApplication): TestApi['as'] {
  return (credential) => async (method, path, body, headers = {}) => {
    const authorization = credential === undefined ? {} : { authorization: `Bearer ${credential}` };
    const sent = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) };
    const contentType = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await app.inject({ method: method as 'GET', url: path, headers: { ...contentType, ...authorization, ...headers }, ...sent });
    return { status: answer.statusCode, body: parse(answer.body), headers: answer.headers, text: answer.body };
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
