import { z } from 'zod';
import { Timestamp } from './wire.js';

const count = z.number().int();
const percent = z.number().int().min(0).max(100).describe('100 only when it is over');

/** Where the rotation of a data key stands: an org's, or that of the platform's own keys. */
export const Rotation = z
  .object({
    phase: z.enum(['idle', 'pending', 'resealing']).describe('pending: every vault loads the new data key; resealing: keys are sealed under it, one after another'),
    version: count.describe('of the data key in use; 0 before the first key is stored'),
    pendingVersion: count.nullable(),
    total: count.describe('sealed values that can be opened'),
    left: count.describe('those not under the data key in use yet'),
    undecryptable: count.describe('keys that need to be entered again'),
    percent,
    versions: z.array(
      z.object({
        version: count,
        state: z.enum(['pending', 'active', 'decrypt_only', 'retired', 'destroyed']),
        kekUri: z.string(),
        createdAt: Timestamp,
        destroyAfter: Timestamp.nullable().describe('kept until then for restored backups'),
      }),
    ),
    erasure: z.object({
      graceDays: count.describe('from the deletion of an organisation until its keys cannot be read any more'),
      backupDays: count.describe('from then until no backup holds them'),
    }),
  })
  .meta({ id: 'Rotation' });
export type Rotation = z.infer<typeof Rotation>;

/** For the operator: which KEKs are needed, how far a rewrap is, and which orgs are being made unreadable. */
export const PlatformEncryption = z
  .object({
    rewrap: z.object({
      running: z.boolean(),
      total: count.describe('data keys'),
      left: count.describe('those not under the KEK that their organisation should have'),
      percent,
      startedAt: Timestamp.nullable(),
      finishedAt: Timestamp.nullable(),
      lastError: z.string().nullable(),
    }),
    keks: z.array(
      z.object({
        kekUri: z.string(),
        kekVersion: z.string(),
        rows: count.describe('data keys that cannot be read without it'),
        isActive: z.boolean().describe('new data keys are wrapped under it'),
        safeToDisable: z.boolean().describe('nothing here needs it any more; see inBackupsUntil'),
        inBackupsUntil: Timestamp.nullable().describe('backups older than this still need it'),
      }),
    ),
    problems: z.array(z.string()).describe('a sentence for each KEK in use that cannot be used now'),
    erasures: z
      .array(z.object({ org: z.string(), deletedAt: Timestamp.nullable(), unreadableAt: Timestamp, isUnreadable: z.boolean(), inBackupsUntil: Timestamp }))
      .describe('deleted organisations, the latest 100'),
  })
  .meta({ id: 'PlatformEncryption' });
export type PlatformEncryption = z.infer<typeof PlatformEncryption>;
