import { Module, type DynamicModule } from '@nestjs/common';
import { PROBE_DEPS, ProbeController, type ProbeControllerDeps } from './probe.controller.js';

@Module({})
export class ProbeModule {
  static with(deps: ProbeControllerDeps): DynamicModule {
    return { module: ProbeModule, controllers: [ProbeController], providers: [{ provide: PROBE_DEPS, useValue: deps }] };
  }
}
