import type { Server } from 'node:http';
import cookie from '@fastify/cookie';
import { newId } from '@byok/kernel';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { AdminModule } from './admin.module.js';
import { assertAccessDeclared } from './access/assert-access-declared.js';
import type { AdminDeps } from './deps.js';
import { keepText } from './http/keep-text.js';
import { parseJsonBody } from './http/parse-json-body.js';
import { readApart } from './http/read-apart.js';
import { setSecurityHeaders } from './http/security-headers.js';
import { serveDocs } from './openapi/serve-docs.js';

const BODY_LIMIT_BYTES = 1024 * 1024;
const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 15_000;

export interface AppOptions {
  /** Proxies whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  publicGatewayUrl?: string | undefined;
}

/** The HTTP application, initialised and not yet listening. Throws when a handler does not say who may call it. */
export async function buildApp(deps: AdminDeps, options: AppOptions): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => newId('request'),
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    forceCloseConnections: 'idle',
  });
  const app = await NestFactory.create<NestFastifyApplication>(AdminModule.with(deps), adapter, { logger: ['error', 'fatal'], bodyParser: false, abortOnError: false });
  assertAccessDeclared(app);
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(['application/json', 'application/scim+json'], { parseAs: 'string' }, async (request: FastifyRequest, body: string | Buffer) => {
    keepText(request, body.toString());
    return parseJsonBody(body.toString());
  });
  fastify.addHook('onRequest', setSecurityHeaders);
  fastify.server.headersTimeout = HEADERS_TIMEOUT_MS;
  readApart(fastify.server as Server);
  await app.register(cookie as never);
  serveDocs(app, options.publicGatewayUrl);
  await app.init();
  await fastify.ready();
  return app;
}
