import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

/** What a service presents and trusts, PEM; the shape of platform's `Certificates`. */
export interface TestCertificates {
  ca: Buffer;
  certificate: Buffer;
  key: Buffer;
}

/** When a certificate is good, where that is not now. */
export interface TestValidity {
  notBefore: Date;
  notAfter: Date;
}

/** A CA of its own that signs certificates of services, by their name. */
export async function testAuthority(): Promise<(service: string, good?: TestValidity) => Promise<TestCertificates>> {
  const keys = await newKeys();
  const validity = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
  const extensions = [new x509.BasicConstraintsExtension(true, 0, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)];
  const ca = await x509.X509CertificateGenerator.createSelfSigned({ name: 'CN=spec CA', keys, signingAlgorithm: ALGORITHM, ...validity, extensions });
  return async (service, good = validity) => {
    const own = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      ...{ subject: `CN=${service}`, issuer: ca.subject, publicKey: own.publicKey, signingKey: keys.privateKey, signingAlgorithm: ALGORITHM, ...good },
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: service }])],
    });
    const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', own.privateKey), 'PRIVATE KEY');
    return { ca: Buffer.from(ca.toString('pem')), certificate: Buffer.from(certificate.toString('pem')), key: Buffer.from(key) };
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}
