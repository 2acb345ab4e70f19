import type { Attempt, Candidate } from './plan.js';
import { drawOf } from './policies/draw.js';

/**
 * The same attempts where keys have a second secret on trial: that share of a key's calls is made with the candidate first, and with the
 * version in use if that fails, before any other key. The same text always draws the same.
 */
export function splitVersions(attempts: readonly Attempt[], candidates: ReadonlyMap<string, Candidate>, draw: string): readonly Attempt[] {
  if (candidates.size === 0) return attempts;
  return attempts.flatMap((attempt) => {
    const candidate = candidates.get(attempt.keyId);
    // A plan may be older than the candidate, and a candidate that took over is none any more.
    if (!candidate || candidate.version <= attempt.keyVersion) return [attempt];
    const current = { ...attempt, trial: { version: candidate.version, isCandidate: false } };
    if (!isDrawn(candidate, attempt.keyId, draw)) return [current];
    return [{ ...attempt, keyVersion: candidate.version, config: candidate.config, trial: { version: candidate.version, isCandidate: true } }, current];
  });
}

function isDrawn({ version, percent }: Candidate, keyId: string, draw: string): boolean {
  return drawOf(`${draw} ${keyId} ${version}`) * 100 < percent;
}
