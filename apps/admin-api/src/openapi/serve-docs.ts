import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { describeApi } from './describe-api.js';

const FILES: Record<string, string> = { 'swagger-ui.css': 'text/css', 'swagger-ui-bundle.js': 'text/javascript', 'favicon-32x32.png': 'image/png' };
const CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>byok admin API</title>
<link rel="icon" href="/api/docs/favicon-32x32.png">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<div id="api"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</html>
`;
const START = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#api', deepLinking: true, persistAuthorization: false, validatorUrl: null });\n`;

/**
 * The description of the API and a page to browse it, from files of the installed package: nothing comes from another host.
 * They are plain Fastify routes that anybody may read; they tell what is in the source.
 */
export function serveDocs(app: NestFastifyApplication, publicGatewayUrl: string | undefined): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  let document: OpenAPIObject | undefined;
  // Nest knows its routes only once it is initialised, and Fastify takes none after that.
  fastify.get('/api/openapi.json', async () => (document ??= describeApi(app, publicGatewayUrl)));
  fastify.get('/api/docs', (_request, reply) => page(reply, 'text/html; charset=utf-8', PAGE));
  fastify.get('/api/docs/start.js', (_request, reply) => page(reply, 'text/javascript; charset=utf-8', START));
  for (const [name, type] of Object.entries(FILES)) {
    let file: Buffer | undefined;
    fastify.get(`/api/docs/${name}`, (_request, reply) => page(reply, type, (file ??= readFileSync(installed(name)))));
  }
  fastify.get('/', (_request, reply) => reply.redirect('/api/docs'));
}

function page(reply: FastifyReply, type: string, body: string | Buffer): FastifyReply {
  return reply.header('content-security-policy', CONTENT_SECURITY_POLICY).header('cache-control', 'no-cache').type(type).send(body);
}

/** The user interface that @nestjs/swagger brings along. */
function installed(name: string): string {
  const ours = createRequire(import.meta.url);
  return createRequire(ours.resolve('@nestjs/swagger')).resolve(`swagger-ui-dist/${name}`);
}
