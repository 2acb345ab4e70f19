import { Login, LoginAnswer, Me } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { May, Public } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { logIn, type SignedIn } from './log-in.js';
import { logOut } from './log-out.js';
import { me } from './me.js';
import { clearRefreshCookie, readRefreshCookie, setRefreshCookie } from './refresh-cookie.js';
import { refresh } from './refresh.js';

@ApiTags('auth')
@Controller('api')
export class AuthController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post('auth/login') @Public() @Answers(LoginAnswer, 200, 'Sign in with e-mail and password')
  async logIn(@Body({ schema: Login }) body: Login, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<LoginAnswer> {
    return signedIn(await logIn(this.deps, body, request.ip), request, reply);
  }

  @Post('auth/refresh') @Public() @Answers(LoginAnswer, 200, 'Trade the refresh cookie for a new access token')
  async refresh(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<LoginAnswer> {
    return signedIn(await refresh(this.deps, readRefreshCookie(request)), request, reply);
  }

  @Post('auth/logout') @May('signed-in') @Answers(null, 204, 'End the session')
  async logOut(@Who() who: Principal, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await logOut(this.deps, who);
    clearRefreshCookie(request, reply);
  }

  @Get('me') @May('signed-in') @Answers(Me, 200, 'Who the presented credential stands for')
  me(@Who() who: Principal): Me {
    return me(who);
  }
}

function signedIn({ answer, refreshToken }: SignedIn, request: FastifyRequest, reply: FastifyReply): LoginAnswer {
  setRefreshCookie(request, reply, refreshToken);
  return answer;
}
