import type { FastifyRequest } from 'fastify';

const SIGNED = new Set(['/api/secret-scanning/report']);

/** A request whose sender signed its body, which is kept as it came. */
export type RequestWithText = FastifyRequest & { text?: string };

/** Keeps the body of a signed route beside what is parsed from it. No other route's: a key may be in there. */
export function keepText(request: FastifyRequest, text: string): void {
  if (SIGNED.has(request.routeOptions?.url ?? '')) (request as RequestWithText).text = text;
}
