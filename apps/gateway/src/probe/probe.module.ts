import { Module, type DynamicModule } from '@nestjs/common';
import type { Vault } from '../clients/vault.js';
import type { ProbeDeps } from '../upstream/probe-live.js';
import { PROBE_DEPS, ProbeController } from './probe.controller.js';

@Module({})
export class ProbeModule {
  static with(deps: ProbeDeps & { vault: Vault }): DynamicModule {
    return { module: ProbeModule, controllers: [ProbeController], providers: [{ provide: PROBE_DEPS, useValue: deps }] };
  }
}
