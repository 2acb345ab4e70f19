import type { Review, ReviewLine } from '@byok/contracts';
import type { AccessReview, AccessReviewLine } from '@byok/identity';

export function reviewToWire(review: AccessReview, isIntact: boolean): Review {
  const { id, orgId, name, status, startedBy, startedAt, lines, undecided, attestedBy, attestedName, attestedAt, linesHash } = review;
  const attestation = attestedBy === null ? null : { by: attestedBy, name: attestedName!, at: attestedAt!.toISOString(), linesHash: linesHash!, isIntact };
  return { id, orgId, name, status, startedBy, startedAt: startedAt.toISOString(), lines, undecided, attestation };
}

export function lineToWire(line: AccessReviewLine): ReviewLine {
  return { ...line, decidedAt: line.decidedAt?.toISOString() ?? null };
}
