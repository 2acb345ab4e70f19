import { SignInPath, StartSignIn } from '@byok/contracts';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../access/may.js';
import { setRefreshCookie } from '../auth/refresh-cookie.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { setSecretCookie, takeSecretCookie } from './browser-secret.js';
import { finishSignIn } from './finish-sign-in.js';
import { redirectUri } from './redirect-uri.js';
import { startSignIn } from './start-sign-in.js';

/** For browsers: both answers send them elsewhere. The session comes as the same cookie as with a password; /api/auth/refresh trades it. */
@ApiTags('auth')
@Controller('api/auth/oidc')
export class SignInController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get(':org/start') @Public() @Answers(null, 303, 'Go and sign in at the identity provider of the organisation')
  async start(@Param({ schema: SignInPath }) path: SignInPath, @Query({ schema: StartSignIn }) query: StartSignIn, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const { location, browserSecret } = await startSignIn(this.deps, path.org, { ...query, ip: request.ip, redirectUri: redirectUri(this.deps, request) });
    setSecretCookie(request, reply, browserSecret);
    reply.header('location', location);
  }

  @Get('callback') @Public() @Answers(null, 303, 'Come back from there')
  async callback(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const cameBack = new URL(redirectUri(this.deps, request));
    cameBack.search = new URL(request.url, 'http://localhost').search;
    const { refreshToken, returnTo } = await finishSignIn(this.deps, cameBack, takeSecretCookie(request, reply));
    setRefreshCookie(request, reply, refreshToken);
    reply.header('location', returnTo);
  }
}
