import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { loadPackageDefinition, Server, ServerCredentials, status, type sendUnaryData, type ServerUnaryCall, type ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { TestCertificates } from '../test-authority.js';
import { asKmsServer, decrypt, encrypt, HeldKey, type KeyVersion, type KmsServer } from './kms-server.js';

interface Wrapped {
  value?: string | number;
}
interface Question {
  name: string;
  plaintext: Buffer;
  ciphertext: Buffer;
  additionalAuthenticatedData: Buffer;
  plaintextCrc32c: Wrapped | null;
  ciphertextCrc32c: Wrapped | null;
  additionalAuthenticatedDataCrc32c: Wrapped | null;
}

const KEY = 'projects/spec/locations/europe-west3/keyRings/byok/cryptoKeys/byok';

/** Google's KMS as `@google-cloud/kms` meets it: gRPC from Google's own definition, a bearer token, checksums both ways. */
export async function startGcpKms(certificates: TestCertificates, token: string): Promise<KmsServer> {
  const held = new HeldKey();
  const server = new Server();
  const answer = (operation: string, act: (question: Question) => object) => (call: ServerUnaryCall<Question, object>, reply: sendUnaryData<object>) => {
    held.count(operation);
    if (call.metadata.get('authorization')[0] !== `Bearer ${token}`) return reply({ code: status.UNAUTHENTICATED });
    if (held.fault === 'slow') return;
    if (held.fault === 'throttled') return reply({ code: status.RESOURCE_EXHAUSTED });
    if (held.fault === 'broken') return reply({ code: status.INTERNAL });
    try {
      reply(null, act(call.request));
    } catch (error) {
      reply({ code: (error as { code?: number }).code ?? status.INTERNAL, details: (error as Error).message });
    }
  };
  server.addService(serviceDefinition(), {
    GetCryptoKey: answer('get', ({ name }) => {
      mustBe(name === KEY, status.NOT_FOUND);
      return { name: KEY, primary: { name: nameOf(held.newest), state: held.newest.isEnabled ? 'ENABLED' : 'DISABLED' } };
    }),
    Encrypt: answer('encrypt', (question) => encryptFor(held, question)),
    Decrypt: answer('decrypt', (question) => decryptFor(held, question)),
  });
  const credentials = ServerCredentials.createSsl(null, [{ cert_chain: certificates.certificate, private_key: certificates.key }]);
  const port = await new Promise<number>((resume, fail) => server.bindAsync('localhost:0', credentials, (error, bound) => (error ? fail(error) : resume(bound))));
  return asKmsServer(held, `https://localhost:${port}`, port, async () => server.forceShutdown());
}

function encryptFor(held: HeldKey, question: Question): object {
  mustBe(question.name === KEY, status.NOT_FOUND);
  const version = held.newest;
  mustBe(version.isEnabled, status.FAILED_PRECONDITION);
  checkSums(question.plaintext, question.plaintextCrc32c, question);
  const header = Buffer.alloc(4);
  header.writeUInt32BE(version.number);
  const ciphertext = Buffer.concat([header, encrypt(version.key, question.plaintext, aadOf(question))]);
  return {
    ...{ name: nameOf(version), ciphertext, ciphertextCrc32c: { value: sumFor(held, ciphertext) } },
    verifiedPlaintextCrc32c: question.plaintextCrc32c !== null,
    verifiedAdditionalAuthenticatedDataCrc32c: question.additionalAuthenticatedDataCrc32c !== null,
  };
}

function decryptFor(held: HeldKey, question: Question): object {
  mustBe(question.name === KEY, status.NOT_FOUND);
  checkSums(question.ciphertext, question.ciphertextCrc32c, question);
  const version = question.ciphertext.length > 4 ? held.versions[question.ciphertext.readUInt32BE(0) - 1] : undefined;
  mustBe(version !== undefined, status.INVALID_ARGUMENT);
  mustBe(version!.isEnabled, status.FAILED_PRECONDITION);
  const plaintext = decrypt(version!.key, question.ciphertext.subarray(4), aadOf(question));
  mustBe(plaintext !== undefined, status.INVALID_ARGUMENT);
  const shown = held.shown(plaintext!);
  return { plaintext: shown, plaintextCrc32c: { value: sumFor(held, shown) }, usedPrimary: version === held.newest };
}

/** What arrives must be what was sent; Google refuses it otherwise. */
function checkSums(bytes: Buffer, sum: Wrapped | null, question: Question): void {
  mustBe(sum === null || Number(sum.value) === castagnoli(bytes), status.INVALID_ARGUMENT);
  const aadSum = question.additionalAuthenticatedDataCrc32c;
  mustBe(aadSum === null || Number(aadSum.value) === castagnoli(question.additionalAuthenticatedData), status.INVALID_ARGUMENT);
}

function sumFor(held: HeldKey, bytes: Buffer): string {
  return String(held.fault === 'corrupt-answer' ? castagnoli(bytes) ^ 1 : castagnoli(bytes));
}

function mustBe(isTrue: boolean, code: status): void {
  if (!isTrue) throw Object.assign(new Error('said by the stand-in'), { code });
}

function nameOf(version: KeyVersion): string {
  return `${KEY}/cryptoKeyVersions/${version.number}`;
}

function aadOf(question: Question): string {
  return question.additionalAuthenticatedData.toString('hex');
}

/** Bit by bit, so that it shares nothing with the product's table. */
function castagnoli(bytes: Uint8Array): number {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0x82f63b78 : 0);
  }
  return ~value >>> 0;
}

function serviceDefinition(): ServiceDefinition {
  const resolve = createRequire(import.meta.url).resolve;
  const root = join(dirname(resolve('@google-cloud/kms')), '../protos');
  const googleApis = join(dirname(resolve('google-gax')), '../protos');
  const loaded = loadPackageDefinition(loadSync('google/cloud/kms/v1/service.proto', { includeDirs: [root, googleApis], longs: String, enums: String, defaults: true }));
  const v1 = (loaded as unknown as { google: { cloud: { kms: { v1: { KeyManagementService: { service: ServiceDefinition } } } } } }).google.cloud.kms.v1;
  return v1.KeyManagementService.service;
}
