import { OrgPath, ScimList, ScimPatch, ScimQuery, ScimUser, UserPath } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Header, Inject, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { patchScimUser, replaceScimUser } from './change-user.js';
import { createScimUser } from './create-user.js';
import { deleteScimUser } from './delete-user.js';
import { getScimUser, listScimUsers } from './read-user.js';
import { SCIM_TYPE } from './scim-type.js';

/** The users of an org, as an identity provider keeps them (RFC 7644). */
@ApiTags('scim')
@Controller('scim/v2/:org/Users')
export class ScimUsersController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get() @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimList, 200, 'SCIM: list users')
  list(@Param({ schema: OrgPath }) path: OrgPath, @Query({ schema: ScimQuery }) query: ScimQuery, @Who() who: Principal): Promise<ScimList> {
    return listScimUsers(this.deps, who, path.org, query);
  }

  @Post() @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimUser, 201, 'SCIM: create a user, as a member')
  create(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: ScimUser }) body: ScimUser, @Who() who: Principal): Promise<ScimUser> {
    return createScimUser(this.deps, who, path.org, body);
  }

  @Get(':user') @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimUser, 200, 'SCIM: read a user')
  get(@Param({ schema: UserPath }) path: UserPath, @Query({ schema: ScimQuery }) query: ScimQuery, @Who() who: Principal): Promise<ScimUser> {
    return getScimUser(this.deps, who, path, query);
  }

  @Put(':user') @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimUser, 200, 'SCIM: replace a user')
  replace(@Param({ schema: UserPath }) path: UserPath, @Body({ schema: ScimUser }) body: ScimUser, @Who() who: Principal): Promise<ScimUser> {
    return replaceScimUser(this.deps, who, path, body);
  }

  @Patch(':user') @May('scim:manage') @Header('content-type', SCIM_TYPE) @Answers(ScimUser, 200, 'SCIM: change a user; active=false ends sessions and tokens')
  patch(@Param({ schema: UserPath }) path: UserPath, @Body({ schema: ScimPatch }) body: ScimPatch, @Who() who: Principal): Promise<ScimUser> {
    return patchScimUser(this.deps, who, path, body);
  }

  @Delete(':user') @May('scim:manage') @Answers(null, 204, 'SCIM: remove a user; sessions and tokens end')
  remove(@Param({ schema: UserPath }) path: UserPath, @Who() who: Principal): Promise<void> {
    return deleteScimUser(this.deps, who, path);
  }
}
