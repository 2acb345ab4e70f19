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

// A page of a neighbour's subdomain is as strange to us as any, although a SameSite cookie would come along with what it sends.
const OURS = new Set(['same-origin', 'none']);

/** On every answer. Also turns away what another origin's page sends with our cookie: browsers say where a request comes from. */
export async function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers({ ...HEADERS, 'x-request-id': request.id });
  const isChange = request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'OPTIONS';
  const site = request.headers['sec-fetch-site'];
  if (isChange && site !== undefined && !OURS.has(String(site))) throw new AppError('forbidden', 'Requests from other sites are not taken.');
}
