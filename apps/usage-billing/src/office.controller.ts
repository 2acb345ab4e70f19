import { AllowCaller, ScopeOfRequest, type Database, type Log } from '@byok/platform';
import { Controller, Inject, UseInterceptors } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { createCreditNote } from './corrections/create-credit-note.js';
import { rerate } from './corrections/rerate.js';
import { finaliseInvoice } from './invoices/finalise-invoice.js';
import { getInvoice } from './invoices/get-invoice.js';
import { listInvoices } from './invoices/list-invoices.js';
import { listLineEvents } from './invoices/list-line-events.js';
import { importPriceFile } from './prices/import-price-file.js';
import { listPrices } from './prices/list-prices.js';
import type { PriceShelf } from './prices/load-prices.js';
import { putPrice } from './prices/put-price.js';
import { importCostExport } from './reconciliation/import-cost-export.js';
import { postAdjustment } from './reconciliation/post-adjustment.js';
import { getReconciliation, listReconciliations } from './reconciliation/read-reconciliations.js';

export interface OfficeDeps {
  db: Database;
  log: Log;
  prices: PriceShelf;
}

export const OFFICE_DEPS = 'office-deps';

/** Prices, month close and reconciliation for admin-api, which decides who may do what. */
@Controller()
@UseInterceptors(ScopeOfRequest)
export class OfficeController {
  constructor(@Inject(OFFICE_DEPS) private readonly deps: OfficeDeps) {}

  @GrpcMethod('BillingOffice') @AllowCaller('admin-api') ListPrices(request: unknown) {
    return listPrices(this.deps, request);
  }

  @GrpcMethod('BillingOffice') @AllowCaller('admin-api') PutPrice(request: unknown) {
    return putPrice(this.deps, request);
  }

  @GrpcMethod('BillingOffice') @AllowCaller('admin-api') ImportPrices(request: unknown) {
    return importPriceFile(this.deps, request);
  }

  @GrpcMethod('BillingOffice') @AllowCaller('admin-api') Rerate(request: unknown) {
    return rerate(this.deps, request);
  }

  @GrpcMethod('BillingOffice') @AllowCaller('admin-api') ListInvoices(request: unknown) {
    return listInvoices(this.deps, request);
  }

  @GrpcMethod('BillingOffice') @AllowCaller('admin-api') GetInvoice(request: unknown) {
    return getInvoice(this.deps, request);
  }

  @GrpcMethod('BillingOffice') @AllowCaller('admin-api') ListInvoiceLineEvents(request: unknown) {
    return listLineEvents(this.deps, request);
  }

  @GrpcMethod('BillingOffice') @AllowCaller('admin-api') FinaliseInvoice(request: unknown) {
    return finaliseInvoice(this.deps, request);
  }

  @GrpcMethod('BillingOffice') @AllowCaller('admin-api') CreateCreditNote(request: unknown) {
    return createCreditNote(this.deps, request);
  }

  @GrpcMethod('BillingOffice') @AllowCaller('admin-api') ImportCostExport(request: unknown) {
    return importCostExport(this.deps, request);
  }

  @GrpcMethod('BillingOffice') @AllowCaller('admin-api') ListReconciliations(request: unknown) {
    return listReconciliations(this.deps, request);
  }

  @GrpcMethod('BillingOffice') @AllowCaller('admin-api') GetReconciliation(request: unknown) {
    return getReconciliation(this.deps, request);
  }

  @GrpcMethod('BillingOffice') @AllowCaller('admin-api') PostAdjustment(request: unknown) {
    return postAdjustment(this.deps, request);
  }
}
