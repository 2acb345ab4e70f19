import type { FastifyInstance } from 'fastify';
import { isMeteredPath } from './hot-routes.js';

/** Makes the boot fail when somebody registers a metered path with Nest or Fastify: there it would have neither admission nor meter. */
export function refuseMeteredRoutes(fastify: Pick<FastifyInstance, 'addHook'>): void {
  fastify.addHook('onRoute', ({ method, url }) => {
    if (isMeteredPath(url)) throw new Error(`${String(method)} ${url} is a metered path: add it to HOT_ROUTES, where it is admitted and metered.`);
  });
}
