import { CacheSettings, OrgPath, ShareWeight, TokenPath, UserPath } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { readCache, readShare, setCache, setShare } from './change-sharing.js';

/** What members of an org share: answers to requests that repeat, and keys at their provider's limit. */
@ApiTags('sharing')
@Controller('api')
export class SharingController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get('orgs/:org/cache') @May('org:read') @Answers(CacheSettings, 200, 'Whether requests that repeat are answered from memory')
  cache(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<CacheSettings> {
    return readCache(this.deps, who, path);
  }

  @Put('orgs/:org/cache') @May('org:update') @Answers(CacheSettings, 200, 'Turn the answer cache on or off, and say how long and how much it keeps')
  setCache(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: CacheSettings }) body: CacheSettings, @Who() who: Principal): Promise<CacheSettings> {
    return setCache(this.deps, who, path, body);
  }

  @Get('orgs/:org/users/:user/share') @May('org:read') @Answers(ShareWeight, 200, 'How much of a busy shared key is this user\'s')
  share(@Param({ schema: UserPath }) path: UserPath, @Who() who: Principal): Promise<ShareWeight> {
    return readShare(this.deps, who, path);
  }

  @Put('orgs/:org/users/:user/share') @May('org:update') @Answers(ShareWeight, 200, 'Set how much of a busy shared key is this user\'s')
  setShare(@Param({ schema: UserPath }) path: UserPath, @Body({ schema: ShareWeight }) body: ShareWeight, @Who() who: Principal): Promise<ShareWeight> {
    return setShare(this.deps, who, path, body);
  }

  @Get('tokens/:token/share') @May('org:read') @Answers(ShareWeight, 200, 'How much of a busy shared key is this token\'s')
  shareOfToken(@Param({ schema: TokenPath }) path: TokenPath, @Who() who: Principal): Promise<ShareWeight> {
    return readShare(this.deps, who, path);
  }

  @Put('tokens/:token/share') @May('org:update') @Answers(ShareWeight, 200, 'Set how much of a busy shared key is this token\'s: all of a service\'s, at most the user\'s own of a user\'s')
  setShareOfToken(@Param({ schema: TokenPath }) path: TokenPath, @Body({ schema: ShareWeight }) body: ShareWeight, @Who() who: Principal): Promise<ShareWeight> {
    return setShare(this.deps, who, path, body);
  }
}
