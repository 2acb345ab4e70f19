import { BlastRadius, Key, KeyPath, Leavers, OrgPath, SealKey, StaleKeys, StaleKeysQuery, TransferKey, UnsealKey } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Header, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { blastRadius } from './blast-radius.js';
import { leavers, leaversCsv } from './leavers.js';
import { sealKey, unsealKey } from './seal-key.js';
import { staleKeys, staleKeysCsv } from './stale-keys.js';
import { transferKey } from './transfer-key.js';

/** Who depends on a key, stopping it, giving it away; and what nobody looks after any more. */
@ApiTags('governance')
@Controller('api')
export class GovernanceController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get('keys/:key/blast-radius') @May('key:inspect') @Answers(BlastRadius, 200, 'Whom it would hurt to stop this key')
  blastRadius(@Param({ schema: KeyPath }) path: KeyPath, @Who() who: Principal): Promise<BlastRadius> {
    return blastRadius(this.deps, who, path);
  }

  @Post('keys/:key/seal') @May('key:seal') @Answers(Key, 200, 'Stop a key everywhere, and what runs with it when asked')
  seal(@Param({ schema: KeyPath }) path: KeyPath, @Body({ schema: SealKey }) body: SealKey, @Who() who: Principal): Promise<Key> {
    return sealKey(this.deps, who, path, body);
  }

  @Post('keys/:key/unseal') @May('key:seal') @Answers(Key, 200, 'Take the seal off: the key is again what it was')
  unseal(@Param({ schema: KeyPath }) path: KeyPath, @Body({ schema: UnsealKey }) body: UnsealKey, @Who() who: Principal): Promise<Key> {
    return unsealKey(this.deps, who, path, body);
  }

  @Post('keys/:key/transfer') @May('key:transfer') @Answers(Key, 200, 'Give a key to another owner of the organisation')
  transfer(@Param({ schema: KeyPath }) path: KeyPath, @Body({ schema: TransferKey }) body: TransferKey, @Who() who: Principal): Promise<Key> {
    return transferKey(this.deps, who, path, body);
  }

  @Get('orgs/:org/reports/stale-keys') @May('review:read') @Answers(StaleKeys, 200, 'Keys that nobody called with for a while')
  staleKeys(@Param({ schema: OrgPath }) path: OrgPath, @Query({ schema: StaleKeysQuery }) query: StaleKeysQuery, @Who() who: Principal): Promise<StaleKeys> {
    return staleKeys(this.deps, who, path, query);
  }

  @Get('orgs/:org/reports/stale-keys.csv') @May('review:read') @Answers(null, 200, 'The same as CSV')
  @Header('content-type', 'text/csv; charset=utf-8') @Header('content-disposition', 'attachment; filename="stale-keys.csv"')
  staleKeysCsv(@Param({ schema: OrgPath }) path: OrgPath, @Query({ schema: StaleKeysQuery }) query: StaleKeysQuery, @Who() who: Principal): Promise<string> {
    return staleKeysCsv(this.deps, who, path, query);
  }

  @Get('orgs/:org/reports/leavers') @May('review:read') @Answers(Leavers, 200, 'What people who are gone left behind, and groups that nobody leads')
  leavers(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<Leavers> {
    return leavers(this.deps, who, path);
  }

  @Get('orgs/:org/reports/leavers.csv') @May('review:read') @Answers(null, 200, 'The same as CSV')
  @Header('content-type', 'text/csv; charset=utf-8') @Header('content-disposition', 'attachment; filename="leavers.csv"')
  leaversCsv(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<string> {
    return leaversCsv(this.deps, who, path);
  }
}
