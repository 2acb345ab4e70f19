import { Problem } from '@byok/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

const DESCRIPTION = 'Organisations, people, provider keys, tokens, usage and audit. Lists are pages: pass `next` as `after`. Errors are application/problem+json.';

/** The OpenAPI document, made from the same zod schemas that check requests and shape answers. */
export function describeApi(app: NestFastifyApplication, publicGatewayUrl?: string): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('byok admin API')
    .setDescription(publicGatewayUrl ? `${DESCRIPTION} Calls to models go to the gateway: ${publicGatewayUrl}` : DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'The accessToken of a sign-in, or a token (byok_live_…) with management scopes.' })
    .addGlobalResponse({ status: 'default', description: 'Any error', standardSchema: Problem });
  const document = SwaggerModule.createDocument(app, builder.build(), { operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}` });
  for (const operation of operationsOf(document)) asProblem(operation);
  return document;
}

type Operation = { responses?: Record<string, { content?: Record<string, unknown> }> };

function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.values(document.paths).flatMap((path) => Object.values(path).filter((value): value is Operation => typeof value === 'object' && 'responses' in value));
}

function asProblem(operation: Operation): void {
  const problem = operation.responses?.['default'];
  const json = problem?.content?.['application/json'];
  if (problem && json) problem.content = { 'application/problem+json': json };
}
