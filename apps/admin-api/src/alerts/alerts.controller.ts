import { Alert, AlertPath, AlertQuery, AlertSettings, pageOf, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { acknowledgeAlert } from './acknowledge-alert.js';
import { getAlertSettings, setAlertSettings } from './alert-settings.js';
import { listAlerts } from './list-alerts.js';

@ApiTags('alerts')
@Controller('api/alerts')
export class AlertsController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Get() @May('alert:read') @Answers(pageOf(Alert), 200, 'List alerts, newest first, and how far each was delivered')
  list(@Query({ schema: AlertQuery }) query: AlertQuery, @Who() who: Principal): Promise<Page<Alert>> {
    return listAlerts(this.deps, who, query);
  }

  @Get('settings') @May('alert:read') @Answers(AlertSettings, 200, 'Who gets alerts by e-mail, and below which balance')
  settings(@Who() who: Principal): Promise<AlertSettings> {
    return getAlertSettings(this.deps, who);
  }

  @Put('settings') @May('alert:update') @Answers(AlertSettings, 200, 'Say who gets alerts by e-mail, and below which balance')
  setSettings(@Body({ schema: AlertSettings }) body: AlertSettings, @Who() who: Principal): Promise<AlertSettings> {
    return setAlertSettings(this.deps, who, body);
  }

  @Post(':alert/acknowledge') @May('alert:update') @Answers(Alert, 200, 'Say that somebody has seen it')
  acknowledge(@Param({ schema: AlertPath }) path: AlertPath, @Who() who: Principal): Promise<Alert> {
    return acknowledgeAlert(this.deps, who, path);
  }
}
