import {
  Adjustment,
  ImportCostExport,
  pageOf,
  PageQuery,
  PostAdjustment,
  Reconciliation,
  ReconciliationPath,
  ReconciliationQuery,
  ReconciliationReport,
  type Page,
} from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { importCostExport, listReconciliations, postAdjustment, readReconciliation } from './reconcile.js';

@ApiTags('reconciliations')
@Controller('api/reconciliations')
export class ReconciliationsController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post() @May('ledger:adjust') @Answers(Reconciliation, 201, 'Keep a provider’s cost export (platform operator)')
  import(@Body({ schema: ImportCostExport }) body: ImportCostExport, @Who() who: Principal): Promise<Reconciliation> {
    return importCostExport(this.deps, who, body);
  }

  @Get() @May('ledger:adjust') @Answers(pageOf(Reconciliation), 200, 'Cost exports that were kept, newest first')
  list(@Query({ schema: PageQuery }) query: PageQuery, @Who() who: Principal): Promise<Page<Reconciliation>> {
    return listReconciliations(this.deps, who, query);
  }

  @Get(':reconciliation') @May('ledger:adjust') @Answers(ReconciliationReport, 200, 'What the provider says against what was counted, by day, key and model')
  get(@Param({ schema: ReconciliationPath }) path: ReconciliationPath, @Query({ schema: ReconciliationQuery }) query: ReconciliationQuery, @Who() who: Principal): Promise<ReconciliationReport> {
    return readReconciliation(this.deps, who, path.reconciliation, query);
  }

  @Post(':reconciliation/adjustments') @May('ledger:adjust') @Answers(Adjustment, 201, 'Charge an org, or give back to it, what was found (platform operator)')
  adjust(@Param({ schema: ReconciliationPath }) path: ReconciliationPath, @Body({ schema: PostAdjustment }) body: PostAdjustment, @Who() who: Principal): Promise<Adjustment> {
    return postAdjustment(this.deps, who, path.reconciliation, body);
  }
}
