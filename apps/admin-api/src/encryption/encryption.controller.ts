import { OrgEncryption, OrgPath, SetOrgEncryption } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { readOrgEncryption, sealOrgKeys, setOrgEncryption, unsealOrgKeys } from './org-encryption.js';

@ApiTags('encryption')
@Controller('api/orgs/:org/encryption')
export class EncryptionController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get() @May('encryption:read') @Answers(OrgEncryption, 200, 'Whose KEK protects an organisation’s keys, and whether they are sealed')
  read(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<OrgEncryption> {
    return readOrgEncryption(this.deps, who, path.org);
  }

  @Put() @May('encryption:update') @Answers(OrgEncryption, 200, 'Bring a KEK of one’s own (it is tried first), or go back to the operator’s')
  set(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: SetOrgEncryption }) body: SetOrgEncryption, @Who() who: Principal): Promise<OrgEncryption> {
    return setOrgEncryption(this.deps, who, path.org, body);
  }

  @Post('seal') @May('encryption:seal') @Answers(OrgEncryption, 200, 'Stop everything that needs a key of the organisation, within five seconds')
  seal(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<OrgEncryption> {
    return sealOrgKeys(this.deps, who, path.org);
  }

  @Post('unseal') @May('encryption:seal') @Answers(OrgEncryption, 200, 'Let keys be opened again')
  unseal(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<OrgEncryption> {
    return unsealOrgKeys(this.deps, who, path.org);
  }
}
