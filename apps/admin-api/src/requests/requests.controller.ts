import { AccessRequest, AccessRequestPath, AccessRequestQuery, AskAccess, GrantAccess, RefuseAccess, pageOf, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { askAccess } from './ask-access.js';
import { grantAccess, refuseAccess } from './decide-request.js';
import { endRequest, withdrawRequest } from './end-request.js';
import { getRequest, listRequests } from './read-requests.js';

/** Members ask, admins grant for a while. */
@ApiTags('access requests')
@Controller('api/requests')
export class RequestsController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post() @May('request:create') @Answers(AccessRequest, 201, 'Ask for membership of a group, or for a key that is kept for some')
  ask(@Body({ schema: AskAccess }) body: AskAccess, @Who() who: Principal): Promise<AccessRequest> {
    return askAccess(this.deps, who, body);
  }

  @Get() @May('request:create') @Answers(pageOf(AccessRequest), 200, 'List one’s own requests, or those that one may decide')
  list(@Query({ schema: AccessRequestQuery }) query: AccessRequestQuery, @Who() who: Principal): Promise<Page<AccessRequest>> {
    return listRequests(this.deps, who, query);
  }

  @Get(':request') @May('request:create') @Answers(AccessRequest, 200, 'Read a request')
  get(@Param({ schema: AccessRequestPath }) path: AccessRequestPath, @Who() who: Principal): Promise<AccessRequest> {
    return getRequest(this.deps, who, path);
  }

  @Post(':request/grant') @May('request:decide') @Answers(AccessRequest, 200, 'Grant a request until some time')
  grant(@Param({ schema: AccessRequestPath }) path: AccessRequestPath, @Body({ schema: GrantAccess }) body: GrantAccess, @Who() who: Principal): Promise<AccessRequest> {
    return grantAccess(this.deps, who, path, body);
  }

  @Post(':request/refuse') @May('request:decide') @Answers(AccessRequest, 200, 'Refuse a request')
  refuse(@Param({ schema: AccessRequestPath }) path: AccessRequestPath, @Body({ schema: RefuseAccess }) body: RefuseAccess, @Who() who: Principal): Promise<AccessRequest> {
    return refuseAccess(this.deps, who, path, body);
  }

  @Post(':request/withdraw') @May('request:create') @Answers(AccessRequest, 200, 'Take back one’s own request')
  withdraw(@Param({ schema: AccessRequestPath }) path: AccessRequestPath, @Who() who: Principal): Promise<AccessRequest> {
    return withdrawRequest(this.deps, who, path);
  }

  @Post(':request/end') @May('request:create') @Answers(AccessRequest, 200, 'End what was granted before its time')
  end(@Param({ schema: AccessRequestPath }) path: AccessRequestPath, @Who() who: Principal): Promise<AccessRequest> {
    return endRequest(this.deps, who, path);
  }
}
