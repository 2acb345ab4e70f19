import { RequestMethod, type INestApplicationContext } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { demandOf } from './may.js';

/** Throws, naming them, when handlers say neither @May(...) nor @Public(). Called at boot, before anything listens. */
export function assertAccessDeclared(app: INestApplicationContext): void {
  const silent: string[] = [];
  for (const module of app.get(ModulesContainer, { strict: false }).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype === 'function') silent.push(...silentHandlers(metatype as NewableFunction & { prototype: object }));
    }
  }
  if (silent.length > 0) throw new Error(`Handlers without @May(...) or @Public(): ${silent.join(', ')}`);
}

function silentHandlers(controller: { name: string; prototype: object }): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(controller.prototype))
    .filter(([, { value }]) => isRoute(value) && demandOf(value as object) === undefined)
    .map(([name]) => `${controller.name}.${name}`);
}

function isRoute(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  return Reflect.hasMetadata(PATH_METADATA, value) && RequestMethod[Reflect.getMetadata(METHOD_METADATA, value) as number] !== undefined;
}
