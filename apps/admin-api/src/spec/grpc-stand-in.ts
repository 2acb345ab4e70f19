import { createRequire } from 'node:module';
import { toAppError } from '@byok/kernel';
import { toGrpcError, type Certificates, type ProtocolName } from '@byok/platform';
import { loadPackageDefinition, Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const LOADING = { keepCase: false, longs: Number, enums: String, defaults: true, arrays: true, objects: true, oneofs: true };

export interface StandIn {
  address: string;
  close(): void;
}

/** A neighbour of admin-api at the process border: the real protocol over real mutual TLS, with the answers of the spec. */
export async function grpcStandIn(protocol: ProtocolName, path: readonly [string, string, string], methods: object, certificates: Certificates): Promise<StandIn> {
  const file = createRequire(import.meta.url).resolve(`@byok/contracts/proto/${protocol}.proto`);
  const [outer, inner, name] = path;
  const definition = loadPackageDefinition(loadSync(file, LOADING)) as unknown as Record<string, Record<string, Record<string, ServiceClientConstructor>>>;
  const { service } = definition[outer]![inner]![name]!;
  const handlers = Object.fromEntries(Object.keys(service).map((method) => [method, handlerOf(methods, method[0]!.toLowerCase() + method.slice(1))]));
  const server = new Server();
  server.addService(service, handlers);
  const { ca, certificate, key } = certificates;
  const credentials = ServerCredentials.createSsl(ca, [{ cert_chain: certificate, private_key: key }], true);
  const port = await new Promise<number>((resolve, reject) => server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound))));
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}

function handlerOf(methods: object, name: string) {
  return (call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>): void => {
    const method = (methods as Record<string, ((request: unknown) => Promise<unknown>) | undefined>)[name];
    if (!method) return answer(toGrpcError(toAppError(new Error(`The stand-in has no ${name}.`))));
    method.call(methods, call.request).then(
      (value) => answer(null, value),
      (error: unknown) => answer(toGrpcError(toAppError(error))),
    );
  };
}
