import { AppError, isErrorCode, type ErrorCode } from '@byok/kernel';
import { Metadata, status, type ServiceError } from '@grpc/grpc-js';

const ERROR_FIELD = 'byok-error-bin';

const STATUS_BY_HTTP: Record<number, status> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  409: status.ALREADY_EXISTS,
  422: status.FAILED_PRECONDITION,
  423: status.FAILED_PRECONDITION,
  429: status.RESOURCE_EXHAUSTED,
  503: status.UNAVAILABLE,
};

/** An AppError as a gRPC error: the code, the public message and the details cross; the cause does not. */
export function toGrpcError(error: AppError): { code: status; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  metadata.set(ERROR_FIELD, Buffer.from(JSON.stringify({ code: error.code, message: error.message, details: error.details })));
  return { code: STATUS_BY_HTTP[error.rule.http] ?? status.INTERNAL, details: error.code, metadata };
}

/** The AppError that the other side meant; a service that cannot be reached is `service_unavailable`. */
export function fromGrpcError(error: ServiceError, service: string): AppError {
  const carried = parseCarried(error.metadata?.get(ERROR_FIELD)[0]);
  if (carried) return new AppError(carried.code, carried.message, { cause: error, ...(carried.details ? { details: carried.details } : {}) });
  if ([status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED, status.RESOURCE_EXHAUSTED].includes(error.code)) {
    return new AppError('service_unavailable', `The ${service} service cannot be reached. Try again shortly.`, { cause: error });
  }
  return new AppError('internal', 'Something went wrong on our side. Quote the request id to your operator.', { cause: error });
}

function parseCarried(value: string | Buffer | undefined): { code: ErrorCode; message: string; details?: Record<string, unknown> } | undefined {
  if (value === undefined) return undefined;
  try {
    const carried = JSON.parse(value.toString()) as { code: unknown; message: string; details?: Record<string, unknown> };
    return isErrorCode(carried.code) ? { ...carried, code: carried.code } : undefined;
  } catch {
    return undefined;
  }
}
