import { createHash } from 'node:crypto';
import type { AccessReview, AccessReviewLine } from '@byok/identity';

/** SHA-256 of a review and its lines with what was decided, each part preceded by its length so that no two reviews read alike. */
export function hashLines(review: Pick<AccessReview, 'orgId' | 'id' | 'name' | 'startedBy' | 'startedAt'>, lines: readonly AccessReviewLine[]): string {
  const hash = createHash('sha256');
  const add = (parts: readonly string[]): void => {
    for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  };
  add([review.orgId, review.id, review.name, review.startedBy, review.startedAt.toISOString(), String(lines.length)]);
  for (const line of lines) {
    add([String(line.line), line.kind, line.subjectId, line.subjectName, line.objectId, line.objectName, line.detail, String(line.people.length), ...line.people]);
    add([line.decision ?? '', line.note, line.decidedBy ?? '', line.decidedAt?.toISOString() ?? '']);
  }
  return hash.digest('hex');
}
