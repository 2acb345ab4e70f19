import { ExplainCall, Explanation } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { explainCall } from './explain-call.js';

@ApiTags('routing')
@Controller('api/routing')
export class RoutingController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post('explain') @May('routing:explain') @Answers(Explanation, 200, 'How a call would be served: every key, kept or dropped and why, what it would cost, who pays')
  explain(@Body({ schema: ExplainCall }) body: ExplainCall, @Who() who: Principal): Promise<Explanation> {
    return explainCall(this.deps, who, body);
  }
}
