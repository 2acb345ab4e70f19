import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { writePrivate } from './data-directory.js';

const SERVICES = ['gateway', 'key-vault', 'usage-billing', 'admin-api'] as const;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const VALID_DAYS = 365;
const DAY_MS = 86_400_000;

type KeyPair = webcrypto.CryptoKeyPair;

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

/**
 * Writes a fresh CA's certificate and one certificate per service. Made anew at every start: nothing expires unnoticed, and the
 * CA's key is never stored, so nobody can make another service identity later.
 */
export async function writeCertificates(folder: string, now: number): Promise<void> {
  const keys = await newKeys();
  const validity = { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + VALID_DAYS * DAY_MS) };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=byok standalone CA',
    keys,
    signingAlgorithm: ALGORITHM,
    ...validity,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)],
  });
  writePrivate(join(folder, 'ca.pem'), authority.toString('pem'));
  await Promise.all(SERVICES.map((service) => writeServiceCertificate(folder, service, { keys, name: authority.subject, ...validity })));
}

interface Issuer {
  keys: KeyPair;
  name: string;
  notBefore: Date;
  notAfter: Date;
}

async function writeServiceCertificate(folder: string, service: string, issuer: Issuer): Promise<void> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${service}`,
    issuer: issuer.name,
    notBefore: issuer.notBefore,
    notAfter: issuer.notAfter,
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: service }]),
    ],
  });
  const privateKey = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  writePrivate(join(folder, `${service}.pem`), certificate.toString('pem'));
  writePrivate(join(folder, `${service}.key`), `-----BEGIN PRIVATE KEY-----\n${privateKey.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`);
}

async function newKeys(): Promise<KeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as KeyPair;
}
