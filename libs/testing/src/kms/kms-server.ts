import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestCertificates } from '../test-authority.js';

/** What a stand-in for a KMS does instead of its work, until told otherwise. */
export type KmsServerFault = 'slow' | 'throttled' | 'broken' | 'wrong-plaintext' | 'corrupt-answer';

/** A local server that speaks a KMS's own protocol, holds its own keys, and checks what the real one checks. */
export interface KmsServer {
  /** `https://localhost:<port>`, `http://…` without certificates. */
  readonly address: string;
  readonly port: number;
  /** How often each operation was asked for, refused questions included. */
  readonly asked: Map<string, number>;
  fault: KmsServerFault | undefined;
  /** The version that wraps now. */
  readonly newest: number;
  /** Makes a new version of the key, which wraps from now on. */
  rotate(): void;
  /** By number, from 1. */
  setEnabled(version: number, isEnabled: boolean): void;
  close(): Promise<void>;
}

export interface KeyVersion {
  number: number;
  key: Buffer;
  isEnabled: boolean;
}

/** The versions of one key, and what was asked of it. */
export class HeldKey {
  readonly versions: KeyVersion[] = [];
  readonly asked = new Map<string, number>();
  fault: KmsServerFault | undefined;

  constructor() {
    this.rotate();
  }

  get newest(): KeyVersion {
    return this.versions.at(-1)!;
  }

  rotate(): void {
    this.versions.push({ number: this.versions.length + 1, key: randomBytes(32), isEnabled: true });
  }

  setEnabled(version: number, isEnabled: boolean): void {
    this.versions[version - 1]!.isEnabled = isEnabled;
  }

  count(operation: string): void {
    this.asked.set(operation, (this.asked.get(operation) ?? 0) + 1);
  }

  /** The plaintext, or what the fault makes of it. */
  shown(plaintext: Buffer): Buffer {
    return this.fault === 'wrong-plaintext' ? randomBytes(plaintext.length) : plaintext;
  }
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

export function encrypt(key: Buffer, plaintext: Buffer, aad: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(aad));
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** undefined for bytes that this key did not encrypt with this AAD. */
export function decrypt(key: Buffer, bytes: Buffer, aad: string): Buffer | undefined {
  if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(aad));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The usual life of a server over HTTP: what is slow never answers, and closing cuts what is open. */
export async function serveKms(held: HeldKey, certificates: TestCertificates | undefined, handle: (request: IncomingMessage, body: string, reply: ServerResponse) => void, needsClientCertificate = false): Promise<KmsServer> {
  const listener: RequestListener = (request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => (held.fault === 'slow' ? held.count('unanswered') : handle(request, Buffer.concat(chunks).toString(), reply)));
  };
  const tls = certificates && { ca: certificates.ca, cert: certificates.certificate, key: certificates.key, requestCert: needsClientCertificate, rejectUnauthorized: needsClientCertificate };
  const server = tls ? createHttpsServer(tls, listener) : createHttpServer(listener);
  await new Promise<void>((resume) => server.listen(0, 'localhost', resume));
  const { port } = server.address() as AddressInfo;
  return asKmsServer(held, `${tls ? 'https' : 'http'}://localhost:${port}`, port, async () => {
    server.closeAllConnections();
    await new Promise((resume) => server.close(resume));
  });
}

export function asKmsServer(held: HeldKey, address: string, port: number, close: () => Promise<void>): KmsServer {
  return {
    address,
    port,
    asked: held.asked,
    get fault() {
      return held.fault;
    },
    set fault(fault) {
      held.fault = fault;
    },
    get newest() {
      return held.newest.number;
    },
    rotate: () => held.rotate(),
    setEnabled: (version, isEnabled) => held.setEnabled(version, isEnabled),
    close,
  };
}
