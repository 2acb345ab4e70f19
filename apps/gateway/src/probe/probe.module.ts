import type { VaultForGateway } from '@byok/contracts';
import { Module, type DynamicModule } from '@nestjs/common';
import type { ProbeDeps } from '../upstream/probe-live.js';
import { PROBE_DEPS, ProbeController } from './probe.controller.js';

@Module({})
export class ProbeModule {
  static with(deps: ProbeDeps & { vault: VaultForGateway }): DynamicModule {
    return { module: ProbeModule, controllers: [ProbeController], providers: [{ provide: PROBE_DEPS, useValue: deps }] };
  }
}
