import { AllowCaller, ScopeOfRequest } from '@byok/platform';
import { Controller, Inject, UseInterceptors } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { getReport, type ReportDeps } from './get-report.js';
import { getChargeback, setChargeback } from './statement/chargeback.js';

export const REPORT_DEPS = 'report-deps';

/** Reports and how their cost is divided, for admin-api, which decides who may see which. */
@Controller()
@UseInterceptors(ScopeOfRequest)
export class ReportsController {
  constructor(@Inject(REPORT_DEPS) private readonly deps: ReportDeps) {}

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') GetReport(request: unknown) {
    return getReport(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') GetChargeback(request: unknown) {
    return getChargeback(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') SetChargeback(request: unknown) {
    return setChargeback(this.deps, request);
  }
}
