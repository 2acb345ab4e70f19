import { credentials, loadPackageDefinition, type Client, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { type Certificates } from './certificates.js';
import { fromGrpcError } from './grpc-errors.js';
import { PROTO_LOADING, protocol, type ProtocolName } from './protocols.js';

/** Every method of an internal service as a promise; a failure is the AppError that the other side threw. */
export type GrpcMethods = Record<string, (request: never) => Promise<unknown>>;
export type GrpcClient<T> = T & { close(): void };

export interface GrpcClientOptions {
  protocol: ProtocolName;
  /** The service's name in the proto file, such as `KeyVault`. */
  service: string;
  /** host:port */
  address: string;
  /** The name in the certificate of the other side, such as `key-vault`. */
  serverName: string;
  certificates: Certificates;
  /** A call that takes longer is given up; 10 s unless told. */
  deadlineMs?: number;
}

type Method = (request: unknown, options: { deadline: number }, callback: (error: ServiceError | null, answer: unknown) => void) => void;

/** A client over mutual TLS. Connects lazily, reconnects by itself. */
export function grpcClient<T>(options: GrpcClientOptions): GrpcClient<T> {
  const { package: name, path } = protocol(options.protocol);
  const definition = loadPackageDefinition(loadSync(path, PROTO_LOADING)) as Record<string, unknown>;
  const container = name.split('.').reduce<Record<string, unknown>>((node, part) => node[part] as Record<string, unknown>, definition);
  const Service = container[options.service] as new (address: string, creds: unknown, channel: object) => Client;
  const { ca, key, certificate } = options.certificates;
  const client = new Service(options.address, credentials.createSsl(ca, key, certificate), {
    'grpc.ssl_target_name_override': options.serverName,
    'grpc.default_authority': options.serverName,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    'grpc.max_receive_message_length': 16 * 1024 * 1024,
  });
  const methods: Record<string, unknown> = { close: () => client.close() };
  for (const method of Object.keys((Service as unknown as { service: object }).service)) {
    const call = (client as unknown as Record<string, Method>)[method]!.bind(client);
    methods[method[0]!.toLowerCase() + method.slice(1)] = (request: unknown) =>
      new Promise((resolve, reject) => {
        call(request, { deadline: Date.now() + (options.deadlineMs ?? 10_000) }, (error, answer) =>
          error ? reject(fromGrpcError(error, options.serverName)) : resolve(answer),
        );
      });
  }
  return methods as GrpcClient<T>;
}
