import { Health } from '@byok/contracts';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../access/may.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { healthCheck } from './check-health.js';

@ApiTags('health')
@Controller()
export class HealthController {
  readonly #check: () => Promise<Health>;

  constructor(@Inject(DEPS) deps: AdminDeps) {
    this.#check = healthCheck(deps);
  }

  @Get('api/health') @Public() @Answers(Health, 200, 'This service and what it stands on')
  health(): Promise<Health> {
    return this.#check();
  }

  @Get('healthz') @Public() @ApiExcludeEndpoint()
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Ready means that a sign-in would work: without its database nothing does, without a neighbour most does. */
  @Get('readyz') @Public() @ApiExcludeEndpoint()
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    const health = await this.#check();
    reply.status(health.status === 'down' ? 503 : 200);
    return health;
  }
}
