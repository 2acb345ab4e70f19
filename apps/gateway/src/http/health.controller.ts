import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, HttpException, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayMetrics } from '../metrics.js';
import type { Readiness } from './readiness.js';

export const READINESS = Symbol('readiness');
export const METRICS = Symbol('metrics');
export const METRICS_TOKEN = Symbol('metrics-token');

/** The operator's pages. They tell states and numbers, never a tenant. */
@Controller()
export class HealthController {
  constructor(
    @Inject(READINESS) private readonly readiness: Readiness,
    @Inject(METRICS) private readonly metrics: GatewayMetrics,
    @Inject(METRICS_TOKEN) private readonly metricsToken: string | null,
  ) {}

  @Get('healthz')
  healthz(): object {
    return { status: 'ok' };
  }

  @Get('readyz')
  readyz(@Res({ passthrough: true }) reply: FastifyReply): object {
    const state = this.readiness.check();
    void reply.status(state.ready ? 200 : 503);
    return state;
  }

  @Get('metrics')
  exposition(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (!mayRead(request, this.metricsToken)) throw new HttpException({ error: 'Metrics are for METRICS_TOKEN, or without one for this machine.' }, 401);
    reply.header('content-type', this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }
}

/** Whoever has the operator's token; where none is set, this machine itself, and nobody that a proxy on it speaks for. */
function mayRead({ headers, raw }: FastifyRequest, token: string | null): boolean {
  if (token !== null) return timingSafeEqual(sha256(headers.authorization ?? ''), sha256(`Bearer ${token}`));
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  return !isForwarded && /^(?:127\.|::1$|::ffff:127\.)/.test(raw.socket.remoteAddress ?? '');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
