import { CreditLot, Credits, GrantCredits, JournalItem, OrgPath, PageQuery, pageOf, Refund, RefundCharge, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { grantCredits } from './grant-credits.js';
import { listJournal } from './list-journal.js';
import { readCredits } from './read-credits.js';
import { refundCharge } from './refund-charge.js';

@ApiTags('credits')
@Controller('api/orgs/:org/credits')
export class CreditsController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get() @May('credits:read') @Answers(Credits, 200, 'Read what an organisation has, what running calls have reserved, and the lots it is made of')
  read(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<Credits> {
    return readCredits(this.deps, who, path.org);
  }

  @Post('grants') @May('credits:grant') @Answers(CreditLot, 201, 'Top up or give credits (platform operator); the same idempotency key again changes nothing')
  grant(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: GrantCredits }) body: GrantCredits, @Who() who: Principal): Promise<CreditLot> {
    return grantCredits(this.deps, who, path.org, body);
  }

  @Get('journal') @May('credits:read') @Answers(pageOf(JournalItem), 200, 'Read what was booked, newest first; the lines of each sum to zero')
  journal(@Param({ schema: OrgPath }) path: OrgPath, @Query({ schema: PageQuery }) page: PageQuery, @Who() who: Principal): Promise<Page<JournalItem>> {
    return listJournal(this.deps, who, path.org, page);
  }

  @Post('refunds') @May('credits:grant') @Answers(Refund, 201, 'Give back what a usage event was charged, whole or in part (platform operator)')
  refund(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: RefundCharge }) body: RefundCharge, @Who() who: Principal): Promise<Refund> {
    return refundCharge(this.deps, who, path.org, body);
  }
}
