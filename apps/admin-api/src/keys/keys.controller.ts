import { Key, KeyPath, KeyQuery, KeyTest, pageOf, RotateKey, StoreKey, UpdateKey, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { deleteKey } from './delete-key.js';
import { promoteKey } from './promote-key.js';
import { getKey, listKeys } from './read-keys.js';
import { rollBackKey } from './roll-back-key.js';
import { rotateKey } from './rotate-key.js';
import { setKeyStatus } from './set-key-status.js';
import { storeKey } from './store-key.js';
import { testKey } from './test-key.js';
import { updateKey } from './update-key.js';

@ApiTags('keys')
@Controller('api/keys')
export class KeysController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post() @May('key:create') @Answers(Key, 201, 'Bring a key; it is tested at its provider first, unless skipTest')
  create(@Body({ schema: StoreKey }) body: StoreKey, @Who() who: Principal): Promise<Key> {
    return storeKey(this.deps, who, body);
  }

  @Get() @May('key:read') @Answers(pageOf(Key), 200, 'List the keys one may see')
  list(@Query({ schema: KeyQuery }) query: KeyQuery, @Who() who: Principal): Promise<Page<Key>> {
    return listKeys(this.deps, who, query);
  }

  @Get(':key') @May('key:read') @Answers(Key, 200, 'Read a key’s facts; the key itself is never shown')
  get(@Param({ schema: KeyPath }) path: KeyPath, @Who() who: Principal): Promise<Key> {
    return getKey(this.deps, who, path);
  }

  @Patch(':key') @May('key:update') @Answers(Key, 200, 'Change label, description, allow-lists, priority, end or age of its secret')
  update(@Param({ schema: KeyPath }) path: KeyPath, @Body({ schema: UpdateKey }) body: UpdateKey, @Who() who: Principal): Promise<Key> {
    return updateKey(this.deps, who, path, body);
  }

  @Delete(':key') @May('key:delete') @Answers(null, 204, 'Revoke a key for good')
  remove(@Param({ schema: KeyPath }) path: KeyPath, @Who() who: Principal): Promise<void> {
    return deleteKey(this.deps, who, path);
  }

  @Post(':key/test') @May('key:test') @Answers(KeyTest, 200, 'Try the key at its provider now')
  test(@Param({ schema: KeyPath }) path: KeyPath, @Who() who: Principal): Promise<KeyTest> {
    return testKey(this.deps, who, path);
  }

  @Post(':key/rotate') @May('key:update') @Answers(Key, 200, 'Replace the secret at once, or try the new one with a share of the calls first (canaryPercent)')
  rotate(@Param({ schema: KeyPath }) path: KeyPath, @Body({ schema: RotateKey }) body: RotateKey, @Who() who: Principal): Promise<Key> {
    return rotateKey(this.deps, who, path, body);
  }

  @Post(':key/promote') @May('key:update') @Answers(Key, 200, 'The candidate takes over; the old secret opens until the overlap ends')
  promote(@Param({ schema: KeyPath }) path: KeyPath, @Who() who: Principal): Promise<Key> {
    return promoteKey(this.deps, who, path);
  }

  @Post(':key/rollback') @May('key:update') @Answers(Key, 200, 'Take the candidate back; its secret is gone')
  rollBack(@Param({ schema: KeyPath }) path: KeyPath, @Who() who: Principal): Promise<Key> {
    return rollBackKey(this.deps, who, path);
  }

  @Post(':key/enable') @May('key:update') @Answers(Key, 200, 'Take a disabled key back into use')
  enable(@Param({ schema: KeyPath }) path: KeyPath, @Who() who: Principal): Promise<Key> {
    return setKeyStatus(this.deps, who, path, 'active');
  }

  @Post(':key/disable') @May('key:update') @Answers(Key, 200, 'Put a key aside')
  disable(@Param({ schema: KeyPath }) path: KeyPath, @Who() who: Principal): Promise<Key> {
    return setKeyStatus(this.deps, who, path, 'disabled');
  }
}
