import { Preferences } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { readPreferences, writePreferences } from './preferences.js';

@ApiTags('preferences')
@Controller('api/me/preferences')
export class PreferencesController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get() @May('preferences:read') @Answers(Preferences, 200, 'Read one’s own preferences')
  read(@Who() who: Principal): Promise<Preferences> {
    return readPreferences(this.deps, who);
  }

  @Put() @May('preferences:update') @Answers(Preferences, 200, 'Replace one’s own preferences')
  write(@Body({ schema: Preferences }) body: Preferences, @Who() who: Principal): Promise<Preferences> {
    return writePreferences(this.deps, who, body);
  }
}
