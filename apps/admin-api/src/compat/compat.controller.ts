import {
  CompatGroupKeyPath,
  CompatGroupUserPath,
  CompatKeys,
  CompatMessage,
  CompatOrgKeyPath,
  CompatProviderPath,
  CompatProviders,
  CompatStats,
  CompatStored,
  CompatStoreKey,
  CompatValidated,
  CompatValidateKey,
} from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May, Public } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { addGroupUser } from './add-group-user.js';
import { compatKeys } from './compat-keys.js';
import { compatProviders } from './compat-providers.js';
import { compatStats } from './compat-stats.js';
import { putKey } from './put-key.js';
import { removeKey } from './remove-key.js';
import { validateKey } from './validate-key.js';

/** The routes of the first BYOK system. The caller is who the credential says; an id in a path must be of their org. */
@ApiTags('compat')
@Controller('api/byok')
export class CompatController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get('providers') @Public() @Answers(CompatProviders, 200, 'Supported providers and the fields they need')
  providers(): Promise<CompatProviders> {
    return compatProviders(this.deps);
  }

  @Post('validate') @May('key:create') @Answers(CompatValidated, 200, 'Try a key at its provider without storing it')
  validate(@Body({ schema: CompatValidateKey }) body: CompatValidateKey, @Who() who: Principal): Promise<CompatValidated> {
    return validateKey(this.deps, who, body);
  }

  @Get('keys') @May('key:read') @Answers(CompatKeys, 200, 'Providers the caller has a key for')
  keys(@Who() who: Principal): Promise<CompatKeys> {
    return compatKeys(this.deps, who);
  }

  @Get('stats') @May('key:read') @Answers(CompatStats, 200, 'How many keys and calls')
  stats(@Who() who: Principal): Promise<CompatStats> {
    return compatStats(this.deps, who);
  }

  @Post('keys/:provider') @May('key:create') @Answers(CompatStored, 200, 'Add or replace one’s own key')
  putOwn(@Param({ schema: CompatProviderPath }) path: CompatProviderPath, @Body({ schema: CompatStoreKey }) body: CompatStoreKey, @Who() who: Principal): Promise<CompatStored> {
    return putKey(this.deps, who, { type: 'user' }, path.provider, body);
  }

  @Delete('keys/:provider') @May('key:delete') @Answers(CompatMessage, 200, 'Remove one’s own key')
  removeOwn(@Param({ schema: CompatProviderPath }) path: CompatProviderPath, @Who() who: Principal): Promise<CompatMessage> {
    return removeKey(this.deps, who, { type: 'user' }, path.provider);
  }

  @Post('groups/:group/keys/:provider') @May('key:create') @Answers(CompatStored, 200, 'Add or replace a group’s key')
  putGroup(@Param({ schema: CompatGroupKeyPath }) path: CompatGroupKeyPath, @Body({ schema: CompatStoreKey }) body: CompatStoreKey, @Who() who: Principal): Promise<CompatStored> {
    return putKey(this.deps, who, { type: 'group', id: path.group }, path.provider, body);
  }

  @Delete('groups/:group/keys/:provider') @May('key:delete') @Answers(CompatMessage, 200, 'Remove a group’s key')
  removeGroup(@Param({ schema: CompatGroupKeyPath }) path: CompatGroupKeyPath, @Who() who: Principal): Promise<CompatMessage> {
    return removeKey(this.deps, who, { type: 'group', id: path.group }, path.provider);
  }

  @Post('groups/:group/users/:user') @May('member:update') @Answers(CompatMessage, 200, 'Add a user to a group')
  addUser(@Param({ schema: CompatGroupUserPath }) path: CompatGroupUserPath, @Who() who: Principal): Promise<CompatMessage> {
    return addGroupUser(this.deps, who, path);
  }

  @Post('orgs/:org/keys/:provider') @May('key:create') @Answers(CompatStored, 200, 'Add or replace the organisation’s key')
  putOrg(@Param({ schema: CompatOrgKeyPath }) path: CompatOrgKeyPath, @Body({ schema: CompatStoreKey }) body: CompatStoreKey, @Who() who: Principal): Promise<CompatStored> {
    return putKey(this.deps, who, { type: 'org', id: path.org }, path.provider, body);
  }

  @Delete('orgs/:org/keys/:provider') @May('key:delete') @Answers(CompatMessage, 200, 'Remove the organisation’s key')
  removeOrg(@Param({ schema: CompatOrgKeyPath }) path: CompatOrgKeyPath, @Who() who: Principal): Promise<CompatMessage> {
    return removeKey(this.deps, who, { type: 'org', id: path.org }, path.provider);
  }

  @Post('platform/keys/:provider') @May('key:create') @Answers(CompatStored, 200, 'Add or replace the platform’s key (platform operator)')
  putPlatform(@Param({ schema: CompatProviderPath }) path: CompatProviderPath, @Body({ schema: CompatStoreKey }) body: CompatStoreKey, @Who() who: Principal): Promise<CompatStored> {
    return putKey(this.deps, who, { type: 'platform' }, path.provider, body);
  }

  @Delete('platform/keys/:provider') @May('key:delete') @Answers(CompatMessage, 200, 'Remove the platform’s key (platform operator)')
  removePlatform(@Param({ schema: CompatProviderPath }) path: CompatProviderPath, @Who() who: Principal): Promise<CompatMessage> {
    return removeKey(this.deps, who, { type: 'platform' }, path.provider);
  }
}
