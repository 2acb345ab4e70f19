import { Budget, BudgetPath, BudgetQuery, CreateBudget, pageOf, UpdateBudget, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { createBudget } from './create-budget.js';
import { deleteBudget } from './delete-budget.js';
import { getBudget, listBudgets } from './read-budgets.js';
import { updateBudget } from './update-budget.js';

@ApiTags('budgets')
@Controller('api/budgets')
export class BudgetsController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post() @May('budget:update') @Answers(Budget, 201, 'Say what may be spent; a group’s admin may for the group')
  create(@Body({ schema: CreateBudget }) body: CreateBudget, @Who() who: Principal): Promise<Budget> {
    return createBudget(this.deps, who, body);
  }

  @Get() @May('budget:read') @Answers(pageOf(Budget), 200, 'List the budgets one may see, each with its present window')
  list(@Query({ schema: BudgetQuery }) query: BudgetQuery, @Who() who: Principal): Promise<Page<Budget>> {
    return listBudgets(this.deps, who, query);
  }

  @Get(':budget') @May('budget:read') @Answers(Budget, 200, 'Read a budget and what is left of it')
  get(@Param({ schema: BudgetPath }) path: BudgetPath, @Who() who: Principal): Promise<Budget> {
    return getBudget(this.deps, who, path);
  }

  @Patch(':budget') @May('budget:update') @Answers(Budget, 200, 'Change a budget; the next call sees it')
  update(@Param({ schema: BudgetPath }) path: BudgetPath, @Body({ schema: UpdateBudget }) body: UpdateBudget, @Who() who: Principal): Promise<Budget> {
    return updateBudget(this.deps, who, path, body);
  }

  @Delete(':budget') @May('budget:update') @Answers(null, 204, 'Delete a budget')
  remove(@Param({ schema: BudgetPath }) path: BudgetPath, @Who() who: Principal): Promise<void> {
    return deleteBudget(this.deps, who, path);
  }
}
