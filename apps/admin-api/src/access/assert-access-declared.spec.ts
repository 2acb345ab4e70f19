import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { assertAccessDeclared } from './assert-access-declared.js';
import { May, Public } from './may.js';

@Controller('declared')
class Declared {
  @Get() @Public() open(): void {}
  @Get('mine') @May('key:read') mine(): void {}
  notARoute(): void {}
}

@Controller('silent')
class Silent {
  @Get() forgotten(): void {}
}

@Module({ controllers: [Declared] })
class GoodModule {}

@Module({ controllers: [Declared, Silent] })
class BadModule {}

const start = (module: object) => NestFactory.create(module, new FastifyAdapter(), { logger: false });

describe('assertAccessDeclared', () => {
  it('keeps the service from starting when a handler does not say who may call it, and names it', async () => {
    const app = await start(BadModule);
    expect(() => assertAccessDeclared(app)).toThrow('Handlers without @May(...) or @Public(): Silent.forgotten');
    await app.close();
  });

  it('passes when every handler does', async () => {
    const app = await start(GoodModule);
    expect(() => assertAccessDeclared(app)).not.toThrow();
    await app.close();
  });
});
