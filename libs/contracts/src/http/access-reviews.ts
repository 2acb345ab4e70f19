import { z } from 'zod';
import { AnyId, Line, PageQuery, Timestamp } from './wire.js';

export const ReviewDecision = z.enum(['keep', 'revoke']);

export const StartReview = z.strictObject({ name: Line(200).min(1) }).meta({ id: 'StartReview' });
export type StartReview = z.infer<typeof StartReview>;

/** Who has access to what, as it was when the review began, and what was decided about it. */
export const ReviewLine = z
  .object({
    line: z.number().int(),
    kind: z.enum(['role', 'membership', 'key', 'grant', 'token']),
    subjectId: z.string().describe('the user, the group or the org that has the access'),
    subjectName: z.string(),
    objectId: z.string().describe('the org, the group, the key or the token that it is access to'),
    objectName: z.string(),
    detail: z.string(),
    people: z.array(z.string()).describe('the users who have it, where the subject is a group or the org'),
    decision: ReviewDecision.nullable(),
    note: z.string(),
    decidedBy: z.string().nullable(),
    decidedAt: Timestamp.nullable(),
  })
  .meta({ id: 'ReviewLine' });
export type ReviewLine = z.infer<typeof ReviewLine>;

export const Review = z
  .object({
    id: z.string(),
    orgId: z.string(),
    name: z.string(),
    status: z.enum(['open', 'closed']),
    startedBy: z.string(),
    startedAt: Timestamp,
    lines: z.number().int(),
    undecided: z.number().int(),
    attestation: z
      .object({ by: z.string(), name: z.string(), at: Timestamp, linesHash: z.string(), isIntact: z.boolean().describe('the lines still have that hash') })
      .nullable(),
  })
  .meta({ id: 'Review' });
export type Review = z.infer<typeof Review>;

export const ReviewExport = z.object({ review: Review, lines: z.array(ReviewLine) }).meta({ id: 'ReviewExport' });
export type ReviewExport = z.infer<typeof ReviewExport>;

/** Revoking acts at once: the role is member again (or the member is disabled), the membership and the token end, the key is sealed or the user comes off its list. */
export const DecideReview = z
  .strictObject({ decisions: z.array(z.strictObject({ line: z.number().int().min(1), decision: ReviewDecision, note: Line(500).default('') })).min(1).max(200) })
  .meta({ id: 'DecideReview' });
export type DecideReview = z.infer<typeof DecideReview>;

export const ReviewDecisions = z
  .object({ items: z.array(z.object({ line: z.number().int(), done: z.boolean(), problem: z.string().nullable().describe('why the line is still undecided') })), undecided: z.number().int() })
  .meta({ id: 'ReviewDecisions' });
export type ReviewDecisions = z.infer<typeof ReviewDecisions>;

/** Who attests, in their own words: the name as it would be signed. */
export const CloseReview = z.strictObject({ name: Line(200).min(1) }).meta({ id: 'CloseReview' });
export type CloseReview = z.infer<typeof CloseReview>;

export const ReviewPath = z.object({ org: AnyId, review: AnyId });
export type ReviewPath = z.infer<typeof ReviewPath>;
export const ReviewLinesQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  undecided: z.stringbool().default(false),
});
export type ReviewLinesQuery = z.infer<typeof ReviewLinesQuery>;
export const ReviewQuery = PageQuery;
export type ReviewQuery = z.infer<typeof ReviewQuery>;
