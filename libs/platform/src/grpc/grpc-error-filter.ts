import { AppError, toAppError } from '@byok/kernel';
import { Catch, type ArgumentsHost, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import type { Log } from '../log/create-log.js';
import { toGrpcError } from './grpc-errors.js';

/** Turns what a handler throws into a gRPC error that carries our code; what nobody foresaw is logged here, once. */
@Catch()
export class GrpcErrorFilter implements RpcExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> {
    const known = toAppError(error);
    if (!(error instanceof AppError)) this.log.error({ error, at: host.getType() }, 'an RPC handler failed');
    return throwError(() => toGrpcError(known));
  }
}
