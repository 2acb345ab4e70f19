import { readFileSync } from 'node:fs';
import { StartRefused } from '../runtime/run-service.js';

/** What every internal connection presents and trusts, PEM. */
export interface Certificates {
  ca: Buffer;
  certificate: Buffer;
  key: Buffer;
}

/** Reads the three files; a missing one refuses the start and is named by its variable. */
export function loadCertificates(paths: { TLS_CA: string; TLS_CERT: string; TLS_KEY: string }): Certificates {
  return { ca: read('TLS_CA', paths.TLS_CA), certificate: read('TLS_CERT', paths.TLS_CERT), key: read('TLS_KEY', paths.TLS_KEY) };
}

function read(variable: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new StartRefused(`The file that ${variable} names cannot be read.`);
  }
}
