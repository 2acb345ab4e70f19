import { ChangePassword, SessionPath, Sessions } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { changePassword } from './change-password.js';
import { endOwnSession, listOwnSessions } from './own-sessions.js';

/** What somebody who signed in does about their own sign-in. */
@ApiTags('auth')
@Controller('api/me')
export class MeController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get('sessions') @May('signed-in') @Answers(Sessions, 200, 'List your own sessions')
  sessions(@Who() who: Principal): Promise<Sessions> {
    return listOwnSessions(this.deps, who);
  }

  @Delete('sessions/:session') @May('signed-in') @Answers(null, 204, 'End one of your own sessions')
  endSession(@Param({ schema: SessionPath }) path: SessionPath, @Who() who: Principal): Promise<void> {
    return endOwnSession(this.deps, who, path.session);
  }

  @Post('password') @May('signed-in') @Answers(null, 204, 'Change your own password; all your sessions end')
  password(@Body({ schema: ChangePassword }) body: ChangePassword, @Who() who: Principal, @Req() request: FastifyRequest): Promise<void> {
    return changePassword(this.deps, who, body, request.ip);
  }
}
