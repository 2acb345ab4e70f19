import { z } from 'zod';
import { parseExceptions } from '../egress/address-rules.js';
import { parseNetwork, type Network } from '../http/networks.js';

/** Shapes of environment variables that more than one service reads. */
export const portVariable = z.coerce.number().int().min(0).max(65535);
export const millisecondsVariable = z.coerce.number().int().min(1).max(86_400_000);
export const databaseUrlVariable = z.string().regex(/^postgres(ql)?:\/\/\S+$/, { error: 'expected postgres://…' });
export const redisUrlVariable = z.string().regex(/^rediss?:\/\/\S+$/, { error: 'expected redis://… or rediss://…' });
export const addressVariable = z.string().regex(/^[A-Za-z0-9.\-[\]:]+:\d{1,5}$/, { error: 'expected host:port' });
export const logLevelVariable = z.enum(['debug', 'info', 'warn', 'error']).default('info');

/** host:port and network/bits:port, comma separated: what may be called beside public https. */
export const egressExceptionsVariable = z.string().transform((text, context) => {
  try {
    return parseExceptions(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as RangeError).message });
    return z.NEVER;
  }
});

/** The three files that every internal connection needs: the CA's certificate, one's own certificate and its key. */
export const tlsVariables = { TLS_CA: z.string(), TLS_CERT: z.string(), TLS_KEY: z.string() };

/** Addresses and CIDRs, comma separated: proxies whose X-Forwarded-For is believed. */
export const networksVariable = z.string().transform((text, context): Network[] => {
  const parsed = text.split(',').map((each) => each.trim()).filter(Boolean).map(parseNetwork);
  if (parsed.every((network) => network !== undefined)) return parsed;
  context.addIssue({ code: 'custom', message: 'expected addresses or CIDRs, comma separated' });
  return z.NEVER;
});

/** Where the ends of the audit chains are written down outside the database, once a minute, and the Ed25519 key (PEM) that signs them. */
export const checkpointVariables = { BYOK_AUDIT_CHECKPOINT_FILE: z.string().min(1).optional(), BYOK_AUDIT_CHECKPOINT_KEY: z.string().min(1).optional() };
