import { z } from 'zod';

/** One place where a scanner saw what looks like a token, as GitHub's secret scanning reports it. */
const FoundSecret = z.looseObject({
  token: z.string().min(1).max(500),
  type: z.string().max(100).optional(),
  url: z.string().max(2_000).nullish(),
  source: z.string().max(100).optional(),
});

export const SecretReport = z.array(FoundSecret).min(1).max(100).meta({ id: 'SecretReport' });
export type SecretReport = z.infer<typeof SecretReport>;

/** `token_hash` is the base64 SHA-256 of what was reported: the text itself is not sent back. */
export const SecretVerdicts = z
  .object({ items: z.array(z.object({ token_hash: z.string(), token_type: z.string(), label: z.enum(['true_positive', 'false_positive']) })) })
  .meta({ id: 'SecretVerdicts' });
export type SecretVerdicts = z.infer<typeof SecretVerdicts>;
