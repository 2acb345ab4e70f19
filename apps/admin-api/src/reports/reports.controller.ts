import {
  Calculate,
  Calculation,
  Chargeback,
  Forecast,
  ForecastQuery,
  KeyPath,
  KeyStats,
  KeyStatsQuery,
  OrgPath,
  ProviderComparison,
  ProvidersQuery,
  Savings,
  SavingsQuery,
  SetChargeback,
  Statement,
  StatementQuery,
} from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { calculate } from './calculate.js';
import { getChargeback, setChargeback } from './chargeback.js';
import { keyStats } from './key-stats.js';
import { getForecast, getProviders, getSavings, getStatement } from './read-reports.js';

@ApiTags('reports')
@Controller('api')
export class ReportsController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get('reports/statement') @May('usage:read') @Answers(Statement, 200, 'What providers will bill for a month, about, what is billed here, and which cost centre bears what')
  statement(@Query({ schema: StatementQuery }) query: StatementQuery, @Who() who: Principal): Promise<Statement> {
    return getStatement(this.deps, who, query);
  }

  @Get('reports/savings') @May('usage:read') @Answers(Savings, 200, 'From what a baseline would have cost to what was paid, step by step')
  savings(@Query({ schema: SavingsQuery }) query: SavingsQuery, @Who() who: Principal): Promise<Savings> {
    return getSavings(this.deps, who, query);
  }

  @Get('reports/forecast') @May('usage:read') @Answers(Forecast, 200, 'What the days to come will cost, by the method that told the recent past best')
  forecast(@Query({ schema: ForecastQuery }) query: ForecastQuery, @Who() who: Principal): Promise<Forecast> {
    return getForecast(this.deps, who, query);
  }

  @Get('reports/providers') @May('usage:read') @Answers(ProviderComparison, 200, 'How often providers answered, how fast and for how much, in at most 35 days')
  providers(@Query({ schema: ProvidersQuery }) query: ProvidersQuery, @Who() who: Principal): Promise<ProviderComparison> {
    return getProviders(this.deps, who, query);
  }

  @Get('keys/:key/stats') @May('usage:read') @Answers(KeyStats, 200, 'What a key was used for: requests, tokens, cost, by day and model')
  key(@Param({ schema: KeyPath }) path: KeyPath, @Query({ schema: KeyStatsQuery }) query: KeyStatsQuery, @Who() who: Principal): Promise<KeyStats> {
    return keyStats(this.deps, who, path, query);
  }

  @Get('orgs/:org/chargeback') @May('usage:read') @Answers(Chargeback, 200, 'How the cost of shared keys is divided between cost centres')
  chargeback(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<Chargeback> {
    return getChargeback(this.deps, who, path.org);
  }

  @Put('orgs/:org/chargeback') @May('budget:update') @Answers(Chargeback, 200, 'Replace the rules by which the cost of shared keys is divided')
  setChargeback(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: SetChargeback }) body: SetChargeback, @Who() who: Principal): Promise<Chargeback> {
    return setChargeback(this.deps, who, path.org, body);
  }

  @Post('calculator') @May('signed-in') @Answers(Calculation, 200, 'What tokens cost on some models, on a key of one’s own and on credits in each tier')
  calculate(@Body({ schema: Calculate }) body: Calculate, @Who() who: Principal): Promise<Calculation> {
    return calculate(this.deps, who, body);
  }
}
