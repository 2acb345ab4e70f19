import { OrgPath, PlatformEncryption, Rotation } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { readPlatformEncryption, rewrapDataKeys } from './rewrap-data-keys.js';
import { readOrgRotation, readPlatformRotation, rotateOrgDataKey, rotatePlatformDataKey } from './rotate-data-key.js';

@ApiTags('encryption')
@Controller('api')
export class RotationController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post('orgs/:org/encryption/rotate') @May('encryption:rotate') @Answers(Rotation, 202, 'Give an organisation a new data key; every key keeps opening meanwhile')
  rotate(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<Rotation> {
    return rotateOrgDataKey(this.deps, who, path.org);
  }

  @Get('orgs/:org/encryption/rotation') @May('encryption:read') @Answers(Rotation, 200, 'How far the rotation of an organisation’s data key is')
  rotation(@Param({ schema: OrgPath }) path: OrgPath, @Who() who: Principal): Promise<Rotation> {
    return readOrgRotation(this.deps, who, path.org);
  }

  @Post('platform/encryption/rotate') @May('encryption:rotate') @Answers(Rotation, 202, 'Give the platform’s own keys a new data key (platform operator)')
  rotatePlatform(@Who() who: Principal): Promise<Rotation> {
    return rotatePlatformDataKey(this.deps, who);
  }

  @Get('platform/encryption/rotation') @May('encryption:read') @Answers(Rotation, 200, 'How far that is (platform operator)')
  platformRotation(@Who() who: Principal): Promise<Rotation> {
    return readPlatformRotation(this.deps, who);
  }

  @Post('platform/encryption/rewrap') @May('encryption:rotate') @Answers(PlatformEncryption, 202, 'Wrap every data key under the KEK it should have (platform operator)')
  rewrap(@Who() who: Principal): Promise<PlatformEncryption> {
    return rewrapDataKeys(this.deps, who);
  }

  @Get('platform/encryption') @May('encryption:read') @Answers(PlatformEncryption, 200, 'Which KEKs are needed, how far a rewrap is, which deleted organisations are unreadable (platform operator)')
  platform(@Who() who: Principal): Promise<PlatformEncryption> {
    return readPlatformEncryption(this.deps, who);
  }
}
