import { GroupPath, KeyPath, OrgPath, RateLimits, TokenPath, UserPath } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { readKeyLimits, readLimits, readTokenLimits, setKeyLimits, setLimits, setTokenLimits } from './change-limits.js';

const READ = 'Read the limits; empty: none of its own';
const SET = 'Set the limits, all of them at once; empty: none of its own';

/** How much may be used in a minute and at the same time. The tightest of all that concern a call counts. */
@ApiTags('limits')
@Controller('api')
export class LimitsController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get('orgs/:org/limits') @May('org:read') @Answers(RateLimits, 200, READ)
  ofOrg(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<RateLimits> {
    return readLimits(this.deps, who, path);
  }

  @Put('orgs/:org/limits') @May('org:update') @Answers(RateLimits, 200, SET)
  setOfOrg(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: RateLimits }) body: RateLimits, @Who() who: Principal): Promise<RateLimits> {
    return setLimits(this.deps, who, path, body);
  }

  @Get('orgs/:org/groups/:group/limits') @May('org:read') @Answers(RateLimits, 200, READ)
  ofGroup(@Param({ schema: GroupPath }) path: GroupPath, @Who() who: Principal): Promise<RateLimits> {
    return readLimits(this.deps, who, path);
  }

  @Put('orgs/:org/groups/:group/limits') @May('org:update') @Answers(RateLimits, 200, SET)
  setOfGroup(@Param({ schema: GroupPath }) path: GroupPath, @Body({ schema: RateLimits }) body: RateLimits, @Who() who: Principal): Promise<RateLimits> {
    return setLimits(this.deps, who, path, body);
  }

  @Get('orgs/:org/users/:user/limits') @May('org:read') @Answers(RateLimits, 200, READ)
  ofUser(@Param({ schema: UserPath }) path: UserPath, @Who() who: Principal): Promise<RateLimits> {
    return readLimits(this.deps, who, path);
  }

  @Put('orgs/:org/users/:user/limits') @May('org:update') @Answers(RateLimits, 200, SET)
  setOfUser(@Param({ schema: UserPath }) path: UserPath, @Body({ schema: RateLimits }) body: RateLimits, @Who() who: Principal): Promise<RateLimits> {
    return setLimits(this.deps, who, path, body);
  }

  @Get('tokens/:token/limits') @May('token:read') @Answers(RateLimits, 200, READ)
  ofToken(@Param({ schema: TokenPath }) path: TokenPath, @Who() who: Principal): Promise<RateLimits> {
    return readTokenLimits(this.deps, who, path);
  }

  @Put('tokens/:token/limits') @May('token:create') @Answers(RateLimits, 200, SET)
  setOfToken(@Param({ schema: TokenPath }) path: TokenPath, @Body({ schema: RateLimits }) body: RateLimits, @Who() who: Principal): Promise<RateLimits> {
    return setTokenLimits(this.deps, who, path, body);
  }

  @Get('keys/:key/limits') @May('key:read') @Answers(RateLimits, 200, READ)
  ofKey(@Param({ schema: KeyPath }) path: KeyPath, @Who() who: Principal): Promise<RateLimits> {
    return readKeyLimits(this.deps, who, path);
  }

  @Put('keys/:key/limits') @May('key:update') @Answers(RateLimits, 200, SET)
  setOfKey(@Param({ schema: KeyPath }) path: KeyPath, @Body({ schema: RateLimits }) body: RateLimits, @Who() who: Principal): Promise<RateLimits> {
    return setKeyLimits(this.deps, who, path, body);
  }
}
