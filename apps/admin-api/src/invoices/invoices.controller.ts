import {
  CreateCreditNote,
  CreditNote,
  InvoiceFilePath,
  InvoiceHead,
  InvoiceLineEvent,
  InvoiceLinePath,
  InvoicePath,
  OrgPath,
  pageOf,
  PageQuery,
  type Page,
} from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { createCreditNote, finaliseInvoice } from './close-invoices.js';
import { listInvoices, listLineEvents, readInvoice } from './read-invoices.js';

@ApiTags('invoices')
@Controller('api/orgs/:org/invoices')
export class InvoicesController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get() @May('invoice:read') @Answers(pageOf(InvoiceHead), 200, 'Invoices and credit notes, newest first')
  list(@Param({ schema: OrgPath }) path: OrgPath, @Query({ schema: PageQuery }) query: PageQuery, @Who() who: Principal): Promise<Page<InvoiceHead>> {
    return listInvoices(this.deps, who, path.org, query);
  }

  @Get(':month') @May('invoice:read') @Answers(null, 200, 'A month’s invoice, or its draft: 2026-10, 2026-10.json, 2026-10.csv or 2026-10.pdf')
  async file(@Param({ schema: InvoiceFilePath }) path: InvoiceFilePath, @Who() who: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    const { content, sha256, fileName, mediaType } = await readInvoice(this.deps, who, path.org, path.month);
    reply.header('content-type', mediaType).header('content-disposition', `attachment; filename="${fileName}"`).header('etag', `"${sha256}"`);
    return content;
  }

  @Get(':month/lines/:line/events') @May('invoice:read') @Answers(pageOf(InvoiceLineEvent), 200, 'Every call or journal that a line is made of')
  events(@Param({ schema: InvoiceLinePath }) path: InvoiceLinePath, @Query({ schema: PageQuery }) query: PageQuery, @Who() who: Principal): Promise<Page<InvoiceLineEvent>> {
    return listLineEvents(this.deps, who, path, query);
  }

  @Post(':month/finalise') @May('invoice:finalise') @Answers(InvoiceHead, 200, 'Close a month for good (platform operator)')
  finalise(@Param({ schema: InvoicePath }) path: InvoicePath, @Who() who: Principal): Promise<InvoiceHead> {
    return finaliseInvoice(this.deps, who, path);
  }

  @Post(':month/credit-notes') @May('invoice:finalise') @Answers(CreditNote, 201, 'Take a final invoice back, in part or whole (platform operator)')
  credit(@Param({ schema: InvoicePath }) path: InvoicePath, @Body({ schema: CreateCreditNote }) body: CreateCreditNote, @Who() who: Principal): Promise<CreditNote> {
    return createCreditNote(this.deps, who, path, body);
  }
}
