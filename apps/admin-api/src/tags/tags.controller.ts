import { GroupPath, OrgPath, OrgTagSettings, TagSettings, TokenPath, UserPath } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { readTags, readTokenTags, setTags, setTokenTags } from './change-tags.js';

const SET = 'Set the tags, all of them at once; the nearer to the caller wins';

/** By which names, such as a project or a cost centre, the spending of a token, a user, a group or an org is told apart. */
@ApiTags('tags')
@Controller('api')
export class TagsController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get('orgs/:org/tags') @May('org:read') @Answers(OrgTagSettings, 200, 'Read the tags, and which of them callers set')
  ofOrg(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<OrgTagSettings> {
    return readTags(this.deps, who, path);
  }

  @Put('orgs/:org/tags') @May('org:update') @Answers(null, 204, SET)
  setOfOrg(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: OrgTagSettings }) body: OrgTagSettings, @Who() who: Principal): Promise<void> {
    return setTags(this.deps, who, path, body);
  }

  @Put('orgs/:org/groups/:group/tags') @May('org:update') @Answers(null, 204, SET)
  setOfGroup(@Param({ schema: GroupPath }) path: GroupPath, @Body({ schema: TagSettings }) body: TagSettings, @Who() who: Principal): Promise<void> {
    return setTags(this.deps, who, path, body);
  }

  @Put('orgs/:org/users/:user/tags') @May('org:update') @Answers(null, 204, SET)
  setOfUser(@Param({ schema: UserPath }) path: UserPath, @Body({ schema: TagSettings }) body: TagSettings, @Who() who: Principal): Promise<void> {
    return setTags(this.deps, who, path, body);
  }

  @Get('tokens/:token/tags') @May('token:read') @Answers(TagSettings, 200, 'Read the tags of a token')
  ofToken(@Param({ schema: TokenPath }) path: TokenPath, @Who() who: Principal): Promise<TagSettings> {
    return readTokenTags(this.deps, who, path);
  }

  @Put('tokens/:token/tags') @May('org:update') @Answers(null, 204, SET)
  setOfToken(@Param({ schema: TokenPath }) path: TokenPath, @Body({ schema: TagSettings }) body: TagSettings, @Who() who: Principal): Promise<void> {
    return setTokenTags(this.deps, who, path, body);
  }
}
