import { GroupPath, GroupRouting, OrgPath, OrgPolicy } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { readGroupPolicy, writeGroupPolicy } from './group-policy.js';
import { readOrgPolicy, writeOrgPolicy } from './org-policy.js';

@ApiTags('policies')
@Controller('api/orgs/:org')
export class PoliciesController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get('policy') @May('policy:read') @Answers(OrgPolicy, 200, 'Read how calls of the organisation are routed')
  read(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<OrgPolicy> {
    return readOrgPolicy(this.deps, who, path.org);
  }

  @Put('policy') @May('policy:update') @Answers(OrgPolicy, 200, 'Replace the routing policy of the organisation')
  write(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: OrgPolicy }) body: OrgPolicy, @Who() who: Principal): Promise<OrgPolicy> {
    return writeOrgPolicy(this.deps, who, path.org, body);
  }

  @Get('groups/:group/policy') @May('policy:read') @Answers(GroupRouting, 200, 'Read what a group narrows')
  readOfGroup(@Param({ schema: GroupPath }) path: GroupPath, @Who() who: Principal): Promise<GroupRouting> {
    return readGroupPolicy(this.deps, who, path);
  }

  @Put('groups/:group/policy') @May('policy:update') @Answers(GroupRouting, 200, 'Replace what a group narrows; it cannot widen')
  writeOfGroup(@Param({ schema: GroupPath }) path: GroupPath, @Body({ schema: GroupRouting }) body: GroupRouting, @Who() who: Principal): Promise<GroupRouting> {
    return writeGroupPolicy(this.deps, who, path, body);
  }
}
