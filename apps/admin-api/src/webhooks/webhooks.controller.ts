import { CreateWebhook, pageOf, Webhook, WebhookPath, WebhookShownOnce, WebhookTest, type Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { Body, Controller, Delete, Get, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { May } from '../access/may.js';
import { Who } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { Answers } from '../http/answers.js';
import { createWebhook } from './create-webhook.js';
import { deleteWebhook } from './delete-webhook.js';
import { listWebhooks } from './list-webhooks.js';
import { testWebhook } from './test-webhook.js';

@ApiTags('webhooks')
@Controller('api/webhooks')
export class WebhooksController {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  @Post() @May('webhook:update') @Answers(WebhookShownOnce, 201, 'Have alerts posted to an address; its secret is shown this once')
  create(@Body({ schema: CreateWebhook }) body: CreateWebhook, @Who() who: Principal): Promise<WebhookShownOnce> {
    return createWebhook(this.deps, who, body);
  }

  @Get() @May('webhook:read') @Answers(pageOf(Webhook), 200, 'List the webhooks')
  list(@Who() who: Principal): Promise<Page<Webhook>> {
    return listWebhooks(this.deps, who);
  }

  @Delete(':webhook') @May('webhook:update') @Answers(null, 204, 'Delete a webhook')
  remove(@Param({ schema: WebhookPath }) path: WebhookPath, @Who() who: Principal): Promise<void> {
    return deleteWebhook(this.deps, who, path);
  }

  @Post(':webhook/test') @May('webhook:update') @Answers(WebhookTest, 200, 'Post a test now and say how it went')
  test(@Param({ schema: WebhookPath }) path: WebhookPath, @Who() who: Principal): Promise<WebhookTest> {
    return testWebhook(this.deps, who, path);
  }
}
