import { GroupPath, OrgPath, ScimGroup, ScimList, ScimPatch, ScimQuery } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Header, Inject, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { createScimGroup, deleteScimGroup, patchScimGroup, replaceScimGroup } from './change-group.js';
import { getScimGroup, listScimGroups } from './read-group.js';
import { SCIM_TYPE } from './scim-type.js';

/** The groups of an org and who is in them, as an identity provider keeps them (RFC 7644). */
@ApiTags('scim')
@Controller('scim/v2/:org/Groups')
export class ScimGroupsController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get() @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimList, 200, 'SCIM: list groups')
  list(@Param({ schema: OrgPath }) path: OrgPath, @Query({ schema: ScimQuery }) query: ScimQuery, @Who() who: Principal): Promise<ScimList> {
    return listScimGroups(this.deps, who, path.org, query);
  }

  @Post() @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimGroup, 201, 'SCIM: create a group')
  create(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: ScimGroup }) body: ScimGroup, @Who() who: Principal): Promise<ScimGroup> {
    return createScimGroup(this.deps, who, path.org, body);
  }

  @Get(':group') @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimGroup, 200, 'SCIM: read a group')
  get(@Param({ schema: GroupPath }) path: GroupPath, @Query({ schema: ScimQuery }) query: ScimQuery, @Who() who: Principal): Promise<ScimGroup> {
    return getScimGroup(this.deps, who, path, query);
  }

  @Put(':group') @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimGroup, 200, 'SCIM: replace a group and its members')
  replace(@Param({ schema: GroupPath }) path: GroupPath, @Body({ schema: ScimGroup }) body: ScimGroup, @Who() who: Principal): Promise<ScimGroup> {
    return replaceScimGroup(this.deps, who, path, body);
  }

  @Patch(':group') @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimGroup, 200, 'SCIM: change a group; add and remove members')
  patch(@Param({ schema: GroupPath }) path: GroupPath, @Body({ schema: ScimPatch }) body: ScimPatch, @Who() who: Principal): Promise<ScimGroup> {
    return patchScimGroup(this.deps, who, path, body);
  }

  @Delete(':group') @May('scim:manage') @Answers(null, 204, 'SCIM: remove a group; its tokens end')
  remove(@Param({ schema: GroupPath }) path: GroupPath, @Who() who: Principal): Promise<void> {
    return deleteScimGroup(this.deps, who, path);
  }
}
