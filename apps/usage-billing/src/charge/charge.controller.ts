import { AllowCaller } from '@byok/platform';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { extendHolds } from './extend-holds.js';
import { releaseHold } from './release-hold.js';
import { openTakeHold } from './take-hold.js';
import type { HoldDeps } from './take-holds.js';

export const CHARGE_DEPS = 'charge-deps';

/** Money for running attempts, for the gateway. Nobody settles by a call: the usage event does. */
@Controller()
export class ChargeController {
  readonly #takeHold: ReturnType<typeof openTakeHold>;

  constructor(@Inject(CHARGE_DEPS) private readonly deps: HoldDeps) {
    this.#takeHold = openTakeHold(deps);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('gateway') TakeHold(request: unknown) {
    return this.#takeHold(request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('gateway') ExtendHolds(request: unknown) {
    return extendHolds(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('gateway') ReleaseHold(request: unknown) {
    return releaseHold(this.deps, request);
  }
}
