import 'reflect-metadata';
import { AppError } from '@byok/kernel';
import { freePort, testAuthority, type TestCertificates } from '@byok/testing';
import { credentials, makeClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { Controller, Module, type DynamicModule } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { createLog } from '../log/create-log.js';
import { AllowCaller } from './allow-caller.js';
import { grpcClient, type GrpcClient } from './grpc-client.js';
import { serveGrpc } from './serve-grpc.js';

interface Probe {
  listProviders(request: object): Promise<{ items: object[] }>;
}

const DAY_MS = 86_400_000;
let calls = 0;

@Controller()
class ProbeController {
  @GrpcMethod('GatewayProbe', 'ListProviders') @AllowCaller('admin-api')
  async listProviders(): Promise<{ items: object[] }> {
    calls += 1;
    return { items: [] };
  }
}

@Module({ controllers: [ProbeController] })
class ProbeModule {}

describe('F22 a call between services', () => {
  let sign: Awaited<ReturnType<typeof testAuthority>>;
  let port: number;
  let server: { close(): Promise<void> };
  const open: GrpcClient<Probe>[] = [];
  const callAs = async (certificates: TestCertificates, serverName = 'gateway') => {
    const client = grpcClient<Probe>({ protocol: 'gateway_probe', service: 'GatewayProbe', address: `127.0.0.1:${port}`, serverName, certificates, deadlineMs: 5_000 });
    open.push(client);
    return client.listProviders({}).then(() => 'answered', (error: AppError) => error.code);
  };

  beforeAll(async () => {
    sign = await testAuthority();
    port = await freePort();
    server = await serveGrpc({
      ...{ module: { module: ProbeModule } as DynamicModule, controller: ProbeController, protocol: 'gateway_probe', host: '127.0.0.1', port, portVariable: 'PORT' },
      ...{ certificates: await sign('gateway'), log: createLog('test', 'silent') },
    });
  });
  beforeEach(() => {
    calls = 0;
  });
  afterAll(async () => {
    for (const client of open) client.close();
    await server.close();
  });

  it('is answered when the certificate is of our CA, good now, and of a service that may', async () => {
    expect(await callAs(await sign('admin-api'))).toBe('answered');
    expect(calls).toBe(1);
  });

  it('is refused with the name of another service, or of none, in a certificate of the same CA', async () => {
    for (const name of ['usage-billing', 'key-vault', 'gateway', 'stranger', 'admin-api.evil.test']) expect([name, await callAs(await sign(name))]).toEqual([name, 'caller_not_allowed']);
    expect(calls).toBe(0);
  });

  it('comes to no handler without a certificate, with one of another CA, one that has ended or one that does not begin yet', async () => {
    const { ca, ...own } = await sign('admin-api');
    const long = { notBefore: new Date(Date.now() - 3 * DAY_MS), notAfter: new Date(Date.now() - 2 * DAY_MS) };
    const later = { notBefore: new Date(Date.now() + 2 * DAY_MS), notAfter: new Date(Date.now() + 3 * DAY_MS) };
    const foreign = await (await testAuthority())('admin-api');
    expect(await callAs({ ...foreign, ca })).toBe('service_unavailable');
    for (const validity of [long, later]) expect(await callAs(await sign('admin-api', validity))).toBe('service_unavailable');
    expect(await withoutCertificate(ca)).toBe('no answer');
    expect(await callAs({ ca, ...own })).toBe('answered');
    expect(calls).toBe(1);
  });

  it('is not made to a server that shows another name than it should', async () => {
    expect(await callAs(await sign('admin-api'), 'key-vault')).toBe('service_unavailable');
    expect(calls).toBe(0);
  });

  async function withoutCertificate(ca: Buffer): Promise<string> {
    const listProviders = { path: '/byok.probe.GatewayProbe/ListProviders', requestStream: false, responseStream: false, requestSerialize: () => Buffer.alloc(0), requestDeserialize: (bytes: Buffer) => bytes, responseSerialize: () => Buffer.alloc(0), responseDeserialize: (bytes: Buffer) => bytes };
    const Client = makeClientConstructor({ listProviders }, 'GatewayProbe');
    const client = new Client(`127.0.0.1:${port}`, credentials.createSsl(ca), { 'grpc.ssl_target_name_override': 'gateway' });
    const answer = await new Promise<string>((resolve) => {
      const method = (client as unknown as { listProviders: (request: object, options: object, done: (error: ServiceError | null) => void) => void }).listProviders.bind(client);
      method({}, { deadline: Date.now() + 5_000 }, (error) => resolve(error ? 'no answer' : 'answered'));
    });
    client.close();
    return answer;
  }
});
