import { AuditExportQuery, AuditItem, AuditVerification, OrgPath, PageQuery, pageOf, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Controller, Get, Inject, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { exportAudit } from './export-audit.js';
import { listAudit } from './list-audit.js';
import { verifyAudit } from './verify-audit.js';

@ApiTags('audit')
@Controller('api/orgs/:org/audit')
export class AuditController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get() @May('audit:read') @Answers(pageOf(AuditItem), 200, 'Who did what, newest first')
  list(@Param({ schema: OrgPath }) path: OrgPath, @Query({ schema: PageQuery }) query: PageQuery, @Who() who: Principal): Promise<Page<AuditItem>> {
    return listAudit(this.deps, who, path.org, query);
  }

  @Get('export') @May('audit:read') @Answers(null, 200, 'Every row of both chains as NDJSON or CSV; taking it is itself a row')
  export(@Param({ schema: OrgPath }) path: OrgPath, @Query({ schema: AuditExportQuery }) query: AuditExportQuery, @Who() who: Principal): Promise<StreamableFile> {
    return exportAudit(this.deps, who, path.org, query);
  }

  @Get('verify') @May('audit:read') @Answers(AuditVerification, 200, 'Check that no audit row was changed, removed or put in between')
  verify(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<AuditVerification> {
    return verifyAudit(this.deps, who, path.org);
  }
}
