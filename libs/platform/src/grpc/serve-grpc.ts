import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { Log } from '../log/create-log.js';
import { StartRefused } from '../runtime/run-service.js';
import { assertCallersDeclared, CallerGuard, type RpcController } from './allow-caller.js';
import { type Certificates } from './certificates.js';
import { GrpcErrorFilter } from './grpc-error-filter.js';
import { grpcServerOptions } from './grpc-server-options.js';
import { type ProtocolName } from './protocols.js';

export interface GrpcServiceOptions {
  module: DynamicModule;
  /** One, or several that share the protocol. */
  controller: RpcController | readonly RpcController[];
  protocol: ProtocolName;
  host: string;
  port: number;
  /** Named when the port is taken. */
  portVariable: string;
  certificates: Certificates;
  log: Log;
}

/**
 * Serves a Nest module's RPC methods over mutual TLS: every method has its list of callers, every error its code.
 * @throws StartRefused when the port is taken; Error when a method does not say who may call it
 */
export async function serveGrpc(options: GrpcServiceOptions): Promise<{ close(): Promise<void> }> {
  for (const controller of [options.controller].flat()) assertCallersDeclared(controller as RpcController);
  // grpc-js writes to standard error by itself; what matters comes to us as an error.
  setLogVerbosity(logVerbosity.NONE);
  const server = await NestFactory.createMicroservice<MicroserviceOptions>(options.module, { ...grpcServerOptions(options), logger: false, abortOnError: false });
  server.useGlobalGuards(new CallerGuard());
  server.useGlobalFilters(new GrpcErrorFilter(options.log));
  try {
    await server.listen();
  } catch (error) {
    throw isPortTaken(error) ? new StartRefused(`Port ${options.port} (${options.portVariable}) is taken by another program. Stop it or choose another port.`) : error;
  }
  return server;
}

/** grpc-js hides the code of a failed bind in its message. */
function isPortTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes('EADDRINUSE');
}
