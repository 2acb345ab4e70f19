import { createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Reads, and never writes, what older systems sealed keys with: AES-256-CBC as `<iv>:<ciphertext>` in hex (no MAC, so a wrong key is only
 * noticed by what comes out), and Fernet (AES-128-CBC with HMAC-SHA256, github.com/fernet/spec).
 */
export interface OldKey {
  /** @throws OldBlobError */
  open(blob: string): string;
}

export class OldBlobError extends Error {
  override name = 'OldBlobError';
}

const FERNET = /^gAAAA[A-Za-z0-9_-]+={0,2}$/;
const CBC = /^([0-9a-f]{32}):((?:[0-9a-f]{32})+)$/i;

export const isOldBlob = (text: string): boolean => FERNET.test(text) || CBC.test(text);

/** 64 hex digits are an AES-256-CBC key, 32 bytes in URL-safe base64 a Fernet key. @throws OldBlobError */
export function oldKey(text: string): OldKey {
  const fernet = /^[A-Za-z0-9_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64url') : undefined;
  const cbc = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
  if (!fernet && !cbc) throw new OldBlobError('The old key is neither 64 hex digits (AES-256-CBC) nor 32 bytes in URL-safe base64 (Fernet).');
  return {
    open: (blob) => {
      if (FERNET.test(blob)) {
        if (!fernet) throw new OldBlobError('it is a Fernet token, and the old key is none of Fernet');
        return openFernet(blob, fernet);
      }
      if (!cbc) throw new OldBlobError('it is AES-256-CBC, and the old key is not 64 hex digits');
      return openCbc(blob, cbc);
    },
  };
}

/** `0x80 | time 8 | iv 16 | ciphertext | HMAC 32`; the first half of the key signs, the second encrypts. */
function openFernet(token: string, key: Buffer): string {
  const bytes = Buffer.from(token, 'base64url');
  const signed = bytes.subarray(0, -32);
  if (bytes.length < 73 || bytes[0] !== 0x80) throw new OldBlobError('it is no whole Fernet token');
  if (!timingSafeEqual(createHmac('sha256', key.subarray(0, 16)).update(signed).digest(), bytes.subarray(-32))) throw new OldBlobError('it does not open under the old key');
  return decrypt('aes-128-cbc', key.subarray(16), signed.subarray(9, 25), signed.subarray(25));
}

function openCbc(blob: string, key: Buffer): string {
  const [, iv, sealed] = CBC.exec(blob) ?? [];
  if (!iv || !sealed) throw new OldBlobError('it is not <iv>:<ciphertext> in hex');
  const text = decrypt('aes-256-cbc', key, Buffer.from(iv, 'hex'), Buffer.from(sealed, 'hex'));
  // One wrong key in 256 passes the padding; it does not yield plain ASCII.
  if (!/^[\x20-\x7e\r\n\t]+$/.test(text)) throw new OldBlobError('it does not open under the old key');
  return text;
}

function decrypt(algorithm: 'aes-128-cbc' | 'aes-256-cbc', key: Buffer, iv: Buffer, sealed: Buffer): string {
  // CBC has no tag; the option is there for the ciphers that have one.
  const decipher = createDecipheriv(algorithm, key, iv, {});
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
  } catch {
    throw new OldBlobError('it does not open under the old key');
  }
}
