import { ImportPrices, OrgPath, pageOf, Price, PriceImport, PriceQuery, PutPrice, Rerate, Rerating, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { importPrices } from './import-prices.js';
import { listPrices } from './list-prices.js';
import { putContractPrice, putOverride } from './put-price.js';
import { rerate } from './rerate.js';

@ApiTags('prices')
@Controller('api')
export class PricesController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get('prices') @May('price:read') @Answers(pageOf(Price), 200, 'Prices in force; of a model, the one that counts first')
  list(@Query({ schema: PriceQuery }) query: PriceQuery, @Who() who: Principal): Promise<Page<Price>> {
    return listPrices(this.deps, who, query);
  }

  @Put('prices/overrides') @May('price:update') @Answers(Price, 200, 'Set or take back a price for every org (platform operator)')
  override(@Body({ schema: PutPrice }) body: PutPrice, @Who() who: Principal): Promise<Price> {
    return putOverride(this.deps, who, body);
  }

  @Post('prices/imports') @May('price:update') @Answers(PriceImport, 200, 'Take over a reviewed list of prices, or show what it would change (platform operator)')
  import(@Body({ schema: ImportPrices }) body: ImportPrices, @Who() who: Principal): Promise<PriceImport> {
    return importPrices(this.deps, who, body);
  }

  @Put('orgs/:org/prices') @May('price:update') @Answers(Price, 200, 'Set or take back a price that an org has by its contract (platform operator)')
  contract(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: PutPrice }) body: PutPrice, @Who() who: Principal): Promise<Price> {
    return putContractPrice(this.deps, who, path.org, body);
  }

  @Post('orgs/:org/rerate') @May('ledger:adjust') @Answers(Rerating, 200, 'Charge calls anew by today’s prices: differences alone; a dry run unless told otherwise (platform operator)')
  rerate(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: Rerate }) body: Rerate, @Who() who: Principal): Promise<Rerating> {
    return rerate(this.deps, who, path.org, body);
  }
}
