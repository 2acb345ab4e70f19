import { Module, type DynamicModule } from '@nestjs/common';
import { HealthController, METRICS, METRICS_TOKEN, READINESS } from './http/health.controller.js';
import type { Readiness } from './http/readiness.js';
import type { GatewayMetrics } from './metrics.js';

/** What Nest serves of the gateway: the operator's pages. Calls never come here; see http/hot-server.ts. */
@Module({})
export class GatewayModule {
  static with(parts: { readiness: Readiness; metrics: GatewayMetrics; metricsToken: string | null }): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [HealthController],
      providers: [
        { provide: READINESS, useValue: parts.readiness },
        { provide: METRICS, useValue: parts.metrics },
        { provide: METRICS_TOKEN, useValue: parts.metricsToken },
      ],
    };
  }
}
