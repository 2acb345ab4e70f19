import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { GatewayMetrics } from '../metrics.js';
import type { Readiness } from './readiness.js';

export const READINESS = Symbol('readiness');
export const METRICS = Symbol('metrics');

/** The operator's pages. They tell states and numbers, never a tenant. */
@Controller()
export class HealthController {
  constructor(
    @Inject(READINESS) private readonly readiness: Readiness,
    @Inject(METRICS) private readonly metrics: GatewayMetrics,
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
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  exposition(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
