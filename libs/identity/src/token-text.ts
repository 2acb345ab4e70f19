import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { newId } from '@byok/kernel';
import type { InviteId, SessionId, TokenId } from '@byok/kernel';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_LENGTH = 43; // 62^43 > 2^256
const CHECKSUM_LENGTH = 6; // 62^6 > 2^32

export const TOKEN_PREFIX = 'byok_live_';
const REFRESH_PREFIX = 'byok_refresh_';
const INVITE_PREFIX = 'byok_invite_';

/** A new token: its id, the text shown once to its owner, and the hash that is stored. */
export function newToken(id: TokenId = newId('token')): { id: TokenId; text: string; hash: string } {
  const text = formatToken(id, randomBytes(32));
  return { id, text, hash: hashToken(text) };
}

/** `byok_live_<32 hex of the id>_<43 base62 of the secret><6 base62 of the CRC-32>`. The checksum lets a secret scanner and we refuse a typo without a database. */
export function formatToken(id: TokenId, secret: Buffer): string {
  return format(TOKEN_PREFIX, id, secret);
}

/** The id inside a well-formed token, or undefined. Says nothing about whether the token is good. */
export function parseToken(text: string): { id: TokenId } | undefined {
  const hex = parse(TOKEN_PREFIX, text);
  return hex === undefined ? undefined : { id: `tok_${hex}` };
}

/** A new refresh secret of a session, same form as a token. */
export function newRefreshToken(id: SessionId): { text: string; hash: string } {
  const text = format(REFRESH_PREFIX, id, randomBytes(32));
  return { text, hash: hashToken(text) };
}

export function parseRefreshToken(text: string): { id: SessionId } | undefined {
  const hex = parse(REFRESH_PREFIX, text);
  return hex === undefined ? undefined : { id: `ses_${hex}` };
}

/** The secret of an invite's link, same form as a token. */
export function newInviteToken(id: InviteId): { text: string; hash: string } {
  const text = format(INVITE_PREFIX, id, randomBytes(32));
  return { text, hash: hashToken(text) };
}

export function parseInviteToken(text: string): { id: InviteId } | undefined {
  const hex = parse(INVITE_PREFIX, text);
  return hex === undefined ? undefined : { id: `ivt_${hex}` };
}

/** SHA-256 in hex. Enough for 256 random bits; a slow hash is for passwords. */
export function hashToken(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Compares two hex hashes in constant time. */
export function sameHash(one: string, other: string): boolean {
  const left = Buffer.from(one, 'hex');
  const right = Buffer.from(other, 'hex');
  return left.length === 32 && right.length === 32 && timingSafeEqual(left, right);
}

function format(prefix: string, id: string, secret: Buffer): string {
  if (secret.length !== 32) throw new RangeError('The secret of a token is 32 bytes.');
  const body = `${prefix}${id.slice(4)}_${base62(BigInt(`0x${secret.toString('hex')}`), SECRET_LENGTH)}`;
  return body + checksum(body);
}

function parse(prefix: string, text: string): string | undefined {
  if (text.length !== prefix.length + 33 + SECRET_LENGTH + CHECKSUM_LENGTH || !text.startsWith(prefix)) return undefined;
  const match = /^([0-9a-f]{32})_[0-9A-Za-z]{49}$/.exec(text.slice(prefix.length));
  const body = text.slice(0, -CHECKSUM_LENGTH);
  return match && checksum(body) === text.slice(-CHECKSUM_LENGTH) ? match[1] : undefined;
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_LENGTH);
}

function base62(value: bigint, length: number): string {
  let rest = value;
  let text = '';
  for (let place = 0; place < length; place += 1) {
    text = ALPHABET[Number(rest % 62n)]! + text;
    rest /= 62n;
  }
  return text;
}
