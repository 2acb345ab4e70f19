import { ServerCredentials } from '@grpc/grpc-js';
import { Transport, type GrpcOptions } from '@nestjs/microservices';
import { type Certificates } from './certificates.js';
import { PROTO_LOADING, protocol, type ProtocolName } from './protocols.js';

/** Options of a Nest gRPC service that speaks mutual TLS only: a caller without a certificate of our CA never gets to a handler. */
export function grpcServerOptions(options: { protocol: ProtocolName; host: string; port: number; certificates: Certificates }): GrpcOptions {
  const { package: name, path } = protocol(options.protocol);
  const { ca, certificate, key } = options.certificates;
  return {
    transport: Transport.GRPC,
    options: {
      package: name,
      protoPath: path,
      loader: PROTO_LOADING as NonNullable<GrpcOptions['options']['loader']>,
      url: `${options.host}:${options.port}`,
      credentials: ServerCredentials.createSsl(ca, [{ cert_chain: certificate, private_key: key }], true),
      maxReceiveMessageLength: 4 * 1024 * 1024,
      gracefulShutdown: true,
    },
  };
}
