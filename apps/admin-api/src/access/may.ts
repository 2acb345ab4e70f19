import type { Permission } from '@byok/identity';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';

/** What a handler demands: a permission somewhere in the caller's org, any good credential, or nothing. */
export type Demand = Permission | 'signed-in' | 'public';

const DEMAND = 'byok:demand';

/** Who may call this handler. The verb behind it asks again with the very thing that is touched. */
export function May(permission: Permission | 'signed-in'): MethodDecorator {
  return applyDecorators(SetMetadata(DEMAND, permission), ApiBearerAuth(), ApiExtension('x-permission', permission));
}

/** Anybody may call this handler, without a credential. */
export function Public(): MethodDecorator {
  return applyDecorators(SetMetadata(DEMAND, 'public'), ApiSecurity({}));
}

export function demandOf(handler: object): Demand | undefined {
  return Reflect.getMetadata(DEMAND, handler) as Demand | undefined;
}
