import { CreateOrg, Org, OrgPath, PageQuery, pageOf, UpdateOrg, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { createOrg } from './create-org.js';
import { deleteOrg } from './delete-org.js';
import { getOrg, listOrgs } from './read-orgs.js';
import { updateOrg } from './update-org.js';

@ApiTags('orgs')
@Controller('api/orgs')
export class OrgsController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post() @May('org:create') @Answers(Org, 201, 'Create an organisation (platform operator)')
  create(@Body({ schema: CreateOrg }) body: CreateOrg, @Who() who: Principal): Promise<Org> {
    return createOrg(this.deps, who, body);
  }

  @Get() @May('org:read') @Answers(pageOf(Org), 200, 'List organisations: all for the platform operator, otherwise one’s own')
  list(@Query({ schema: PageQuery }) page: PageQuery, @Who() who: Principal): Promise<Page<Org>> {
    return listOrgs(this.deps, who, page);
  }

  @Get(':org') @May('org:read') @Answers(Org, 200, 'Read an organisation')
  get(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<Org> {
    return getOrg(this.deps, who, path.org);
  }

  @Patch(':org') @May('org:update') @Answers(Org, 200, 'Change name and policy; tier, status and platform keys are the operator’s')
  update(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: UpdateOrg }) body: UpdateOrg, @Who() who: Principal): Promise<Org> {
    return updateOrg(this.deps, who, path.org, body);
  }

  @Delete(':org') @May('org:delete') @Answers(null, 204, 'Delete an organisation; every credential of it stops')
  remove(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<void> {
    return deleteOrg(this.deps, who, path.org);
  }
}
