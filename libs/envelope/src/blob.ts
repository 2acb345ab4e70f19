import { integrityFailed } from './integrity-failed.js';

export const BLOB_FORMAT = 1;
/** HKDF-SHA512 record key with commitment, AES-256-GCM with a 16-byte tag. The only algorithm that is read or written. */
export const ALG_HKDF_SHA512_COMMIT_AES_256_GCM = 1;

export const DEK_ID_BYTES = 16;
export const SALT_BYTES = 32;
export const COMMIT_BYTES = 32;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;

const MAGIC = Buffer.from('BK', 'latin1');
const HEADER_BYTES = 2 + 1 + 1 + DEK_ID_BYTES + 4;
export const BLOB_OVERHEAD_BYTES = HEADER_BYTES + SALT_BYTES + COMMIT_BYTES + IV_BYTES + TAG_BYTES;

export interface Blob {
  /** The 16 bytes that the hex digits of the DEK's id stand for. */
  dekId: Buffer;
  dekVersion: number;
  salt: Buffer;
  commit: Buffer;
  iv: Buffer;
  ciphertext: Buffer;
  tag: Buffer;
}

/** `"BK" | fmt u8 | alg u8 | dek_id 16 | dek_version u32 | salt 32 | commit 32 | iv 12 | ciphertext | tag 16`. */
export function formatBlob(blob: Blob): Buffer {
  const version = Buffer.alloc(4);
  version.writeUInt32BE(blob.dekVersion);
  const head = Buffer.from([BLOB_FORMAT, ALG_HKDF_SHA512_COMMIT_AES_256_GCM]);
  return Buffer.concat([MAGIC, head, blob.dekId, version, blob.salt, blob.commit, blob.iv, blob.ciphertext, blob.tag]);
}

/** Cuts a blob into its fields; anything but format 1 with algorithm 1 and a whole header and tag is refused. */
export function parseBlob(bytes: Uint8Array): Blob {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < BLOB_OVERHEAD_BYTES) throw integrityFailed('The blob is shorter than its header and tag.');
  if (!buffer.subarray(0, 2).equals(MAGIC)) throw integrityFailed('The blob does not start with its magic bytes.');
  if (buffer[2] !== BLOB_FORMAT) throw integrityFailed('The blob has an unknown format.');
  if (buffer[3] !== ALG_HKDF_SHA512_COMMIT_AES_256_GCM) throw integrityFailed('The blob names an algorithm that is not accepted.');
  let at = 4;
  const take = (length: number): Buffer => buffer.subarray(at, (at += length));
  const dekId = take(DEK_ID_BYTES);
  const dekVersion = take(4).readUInt32BE();
  const salt = take(SALT_BYTES);
  const commit = take(COMMIT_BYTES);
  const iv = take(IV_BYTES);
  const ciphertext = take(buffer.length - BLOB_OVERHEAD_BYTES);
  return { dekId, dekVersion, salt, commit, iv, ciphertext, tag: take(TAG_BYTES) };
}
