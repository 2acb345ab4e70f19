import { z } from 'zod';
import { Line } from './wire.js';

/** Whose KEK protects an org's keys, and whether they may be opened at all. */
export const OrgEncryption = z
  .object({
    org: z.string(),
    kek: z.object({
      holder: z.enum(['operator', 'organisation']),
      /** null for the operator's, whose name is the operator's business. */
      uri: z.string().nullable(),
      version: z.string().nullable(),
      /** What its KMS says now. */
      state: z.enum(['ok', 'refused', 'unreachable']),
      setAt: z.string().nullable(),
      setBy: z.string().nullable(),
      /** So long after the organisation took its KEK away every call has stopped. */
      stopsWithinSeconds: z.int().nullable(),
    }),
    dataKeys: z.object({
      total: z.int(),
      /** Not yet under that KEK; set the KEK again to move them. */
      elsewhere: z.int(),
    }),
    sealed: z.object({ at: z.string(), by: z.string() }).nullable(),
  })
  .meta({ id: 'OrgEncryption' });
export type OrgEncryption = z.infer<typeof OrgEncryption>;

/** The name of a KEK at a KMS, such as `awskms:arn:aws:kms:…`; null for the operator's. */
export const SetOrgEncryption = z.strictObject({ kekUri: Line(500).min(8).nullable() }).meta({ id: 'SetOrgEncryption' });
export type SetOrgEncryption = z.infer<typeof SetOrgEncryption>;
