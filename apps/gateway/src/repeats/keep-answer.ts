import type { CacheSettings } from '@byok/contracts';
import type { Attempt } from '@byok/routing';
import type { Answered } from '../pipeline/send.js';
import type { KeptAnswer, KeptAnswers } from './kept-answers.js';

/** A call whose answer may be one that was given before, or may be given again. */
export interface Repeat {
  orgId: string;
  name: string;
  settings: CacheSettings;
  /** Whom it was planned for first: an answer of somebody else is not kept under this name. */
  first: Attempt;
  kept: KeptAnswer | undefined;
}

/** False for what another provider or model said in the first one's place, and for what a reservation may have cut short. */
export function mayKeep({ first }: Repeat, { attempt, hold }: Answered): boolean {
  return attempt.provider.id === first.provider.id && attempt.upstreamModel === first.upstreamModel && (hold === null || hold.maxOutputTokens === 0);
}

/** For the next time; only what is whole is given here. */
export function keepAnswer({ orgId, name, settings }: Repeat, answer: KeptAnswer, answers: KeptAnswers): void {
  answers.keep(orgId, name, answer, settings);
}
