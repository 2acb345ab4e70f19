import { UsageExportQuery, UsageQuery, UsageReport } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { exportUsage } from './export-usage.js';
import { reportUsage } from './report-usage.js';

@ApiTags('usage')
@Controller('api/usage')
export class UsageController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get() @May('usage:read') @Answers(UsageReport, 200, 'What was used and what it cost, grouped as asked')
  report(@Query({ schema: UsageQuery }) query: UsageQuery, @Who() who: Principal): Promise<UsageReport> {
    return reportUsage(this.deps, who, query);
  }

  @Get('export.csv') @May('usage:read') @Answers(null, 200, 'The same as CSV (RFC 4180), every line of it')
  @Header('content-type', 'text/csv; charset=utf-8') @Header('content-disposition', 'attachment; filename="usage.csv"')
  export(@Query({ schema: UsageExportQuery }) query: UsageExportQuery, @Who() who: Principal): Promise<string> {
    return exportUsage(this.deps, who, query);
  }
}
