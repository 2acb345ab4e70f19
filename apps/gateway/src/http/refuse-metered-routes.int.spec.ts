import 'reflect-metadata';
import { Controller, Get, Module, Post, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { refuseMeteredRoutes } from './refuse-metered-routes.js';

async function boot(controller: Type): Promise<void> {
  @Module({ controllers: [controller] })
  class TestModule {}
  const adapter = new FastifyAdapter();
  refuseMeteredRoutes(adapter.getInstance());
  const app = await NestFactory.create(TestModule, adapter, { logger: false, abortOnError: false });
  await app.init();
  await app.close();
}

describe('the boot', () => {
  it.each(['v1/chat/completions', 'v1/anything/new', 'api/inference', 'api/v1/llm/chat/completions'])('fails when %s is registered where there is neither admission nor meter', async (path) => {
    @Controller()
    class Rogue {
      @Post(path) call(): string {
        return 'free of charge';
      }
    }
    await expect(boot(Rogue)).rejects.toThrow(/metered path/);
  });

  it('succeeds with a page that is not metered', async () => {
    @Controller()
    class Page {
      @Get('healthz') page(): string {
        return 'ok';
      }
    }
    await expect(boot(Page)).resolves.toBeUndefined();
  });
});
