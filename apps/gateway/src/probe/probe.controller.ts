import type { ExplainMessage, SecretMessage, StoredKeyMessage, VaultForGateway } from '@byok/contracts';
import { AllowCaller } from '@byok/platform';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { ProbeDeps } from '../upstream/probe-live.js';
import { checkSecret } from './check-secret.js';
import { explain, type ExplainDeps } from './explain.js';
import { listProviders } from './list-providers.js';
import { probeKey } from './probe-key.js';
import { probeSecret } from './probe-secret.js';

export const PROBE_DEPS = Symbol('probe-deps');

export type ProbeControllerDeps = ProbeDeps & ExplainDeps & { vault: VaultForGateway };

/** Keys are tried where the way out is: admin-api asks, the gateway calls the provider. */
@Controller()
export class ProbeController {
  constructor(@Inject(PROBE_DEPS) private readonly deps: ProbeControllerDeps) {}

  @GrpcMethod('GatewayProbe') @AllowCaller('admin-api') ProbeSecret(request: SecretMessage) {
    return probeSecret(this.deps, request);
  }

  @GrpcMethod('GatewayProbe') @AllowCaller('admin-api') ProbeKey(request: StoredKeyMessage) {
    return probeKey(this.deps, request);
  }

  @GrpcMethod('GatewayProbe') @AllowCaller('admin-api') CheckSecret(request: SecretMessage) {
    return checkSecret(request);
  }

  @GrpcMethod('GatewayProbe') @AllowCaller('admin-api') Explain(request: ExplainMessage) {
    return explain(this.deps, request);
  }

  @GrpcMethod('GatewayProbe') @AllowCaller('admin-api') ListProviders() {
    return listProviders();
  }
}
