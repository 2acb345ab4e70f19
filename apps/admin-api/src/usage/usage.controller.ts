import { UsageQuery, UsageReport } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { reportUsage } from './report-usage.js';

@ApiTags('usage')
@Controller('api/usage')
export class UsageController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get() @May('usage:read') @Answers(UsageReport, 200, 'What was used and what it cost, grouped as asked')
  report(@Query({ schema: UsageQuery }) query: UsageQuery, @Who() who: Principal): Promise<UsageReport> {
    return reportUsage(this.deps, who, query);
  }
}
