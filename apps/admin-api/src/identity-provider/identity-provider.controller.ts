import { IdentityProvider, OrgPath, PutIdentityProvider } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { deleteIdentityProvider, putIdentityProvider, readIdentityProvider } from './put-identity-provider.js';

@ApiTags('sign-in')
@Controller('api/orgs/:org/identity-provider')
export class IdentityProviderController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get() @May('identity-provider:read') @Answers(IdentityProvider, 200, 'Where the organisation signs in')
  read(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<IdentityProvider> {
    return readIdentityProvider(this.deps, who, path);
  }

  @Put() @May('identity-provider:update') @Answers(IdentityProvider, 200, 'Set where the organisation signs in, all of it at once')
  put(@Param({ schema: OrgPath }) path: OrgPath, @Body({ schema: PutIdentityProvider }) body: PutIdentityProvider, @Who() who: Principal): Promise<IdentityProvider> {
    return putIdentityProvider(this.deps, who, path, body);
  }

  @Delete() @May('identity-provider:update') @Answers(null, 204, 'Sign in with passwords alone')
  remove(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<void> {
    return deleteIdentityProvider(this.deps, who, path);
  }
}
