import { AppError } from '@byok/kernel';
import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { PATTERN_METADATA } from '@nestjs/microservices/constants.js';

/** The services that have a certificate of their own, by the common name in it. */
export type ServiceName = 'gateway' | 'key-vault' | 'usage-billing' | 'admin-api';

const CALLERS = 'byok:allowed-callers';

/** Who may call this RPC method. A handler without it keeps the service from starting. */
export const AllowCaller = (...services: ServiceName[]): MethodDecorator => SetMetadata(CALLERS, services);

interface Peer {
  getAuthContext(): { sslPeerCertificate?: { subject?: { CN?: string } } };
}

/** Compares the peer certificate's common name with the method's allow-list. */
@Injectable()
export class CallerGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const allowed = (Reflect.getMetadata(CALLERS, context.getHandler()) ?? []) as readonly string[];
    const caller = context.getArgByIndex<Peer>(2).getAuthContext().sslPeerCertificate?.subject?.CN;
    if (caller !== undefined && allowed.includes(caller)) return true;
    throw new AppError('caller_not_allowed', `The service ${caller ?? '(no name)'} may not call ${context.getHandler().name}.`);
  }
}

/** A controller class. */
export type RpcController = abstract new (...parameters: never[]) => unknown;

/** Throws when a controller has an RPC handler that does not say who may call it. Call it before listening. */
export function assertCallersDeclared(controller: RpcController): void {
  for (const name of Object.getOwnPropertyNames(controller.prototype)) {
    const handler: unknown = (controller.prototype as Record<string, unknown>)[name];
    if (typeof handler !== 'function' || Reflect.getMetadata(PATTERN_METADATA, handler) === undefined) continue;
    if (Reflect.getMetadata(CALLERS, handler) === undefined) throw new Error(`${controller.name}.${name} has no @AllowCaller(...)`);
  }
}
