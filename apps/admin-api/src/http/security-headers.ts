import { AppError } from '@byok/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';

const HEADERS: Record<string, string> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'cache-control': 'no-store',
};

/** On every answer. Also turns away what another site's page sends with our cookie: browsers say where a request comes from. */
export async function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers({ ...HEADERS, 'x-request-id': request.id });
  const isChange = request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'OPTIONS';
  if (isChange && request.headers['sec-fetch-site'] === 'cross-site') throw new AppError('forbidden', 'Requests from other sites are not taken.');
}
