import type { Found } from '../../find-usage.js';
import { numberAt, objectsAt, textAt } from '../members.js';

/** Google's logprobsResult as OpenAI's list of tokens; empty when there is none. */
export function readLogprobs(result: Found): unknown[] {
  const others = objectsAt(result, 'topCandidates');
  return objectsAt(result, 'chosenCandidates').map((chosen, index) => ({
    ...tokenOf(chosen),
    top_logprobs: objectsAt(others[index] ?? {}, 'candidates').map(tokenOf),
  }));
}

function tokenOf(candidate: Found): { token: string; logprob: number; bytes: number[] } {
  const token = textAt(candidate, 'token') ?? '';
  return { token, logprob: numberAt(candidate, 'logProbability') ?? 0, bytes: [...Buffer.from(token)] };
}

/** OpenAI's list of tokens as Google's logprobsResult. */
export function writeLogprobs(content: readonly unknown[]): object {
  const tokens = objectsAt({ content }, 'content');
  return { chosenCandidates: tokens.map(candidateOf), topCandidates: tokens.map((token) => ({ candidates: objectsAt(token, 'top_logprobs').map(candidateOf) })) };
}

function candidateOf(token: Found): object {
  return { token: textAt(token, 'token') ?? '', logProbability: numberAt(token, 'logprob') ?? 0 };
}
