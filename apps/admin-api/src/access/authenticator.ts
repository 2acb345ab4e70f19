import { guessGuard, presentedCredential, refuseElsewhere, SESSION_STRATEGY, sessionStrategy, TOKEN_STRATEGY, tokenStrategy, type Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import passport, { type Strategy } from 'passport';
import { DEPS, type AdminDeps } from '../deps.js';

type Middleware = (request: unknown, reply: unknown, next: (error?: unknown) => void) => void;

/** Runs identity's passport strategies over a request. Its own Passport, so that nothing else in the process can add a way in. */
@Injectable()
export class Authenticator {
  readonly #passport = new passport.Passport();
  readonly #guesses = guessGuard();
  readonly #clock: AdminDeps['clock'];

  constructor(@Inject(DEPS) { db, clock, sessionVerifyKey, serviceJwts }: AdminDeps) {
    this.#clock = clock;
    const deps = { db: db.acrossOrgs(), clock, sessionVerifyKey, serviceJwts };
    this.#passport.use(TOKEN_STRATEGY, tokenStrategy(deps) as unknown as Strategy);
    this.#passport.use(SESSION_STRATEGY, sessionStrategy(deps) as unknown as Strategy);
  }

  /** Who it is, from where they may be, unless too many have guessed at that token from there. */
  async authenticate(request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
    const principal = await this.#guesses.watch(presentedCredential(request.headers), request.ip, () => this.#identify(request, reply));
    refuseElsewhere(principal, () => request.ip, this.#clock);
    return principal;
  }

  #identify(request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
    return new Promise((resolve, reject) => {
      const done = (error: unknown, principal: Principal | false | undefined): void => {
        if (error) reject(error as Error);
        else if (principal) resolve(principal);
        else reject(new AppError('unauthenticated', 'Send a session or a token as "Authorization: Bearer …".'));
      };
      const run = this.#passport.authenticate([TOKEN_STRATEGY, SESSION_STRATEGY], { session: false }, done) as Middleware;
      run(request, reply, (error) => reject((error as Error | undefined) ?? new AppError('unauthenticated', 'Not signed in.')));
    });
  }
}
