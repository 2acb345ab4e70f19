import type { Effort, ReasoningWish } from './chat-form.js';

/** From none to most. */
export const EFFORTS: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'];

/** Up to how many tokens of reasoning a word stands for, where a dialect has only words. */
const BUDGETS: readonly (readonly [number, Effort])[] = [
  [0, 'none'],
  [1024, 'minimal'],
  [4096, 'low'],
  [12_288, 'medium'],
];

/** The wish as a word, whichever way it was said; null when it says nothing about how much. */
export function effortOf(wish: ReasoningWish): Effort | null {
  if (wish.effort !== undefined) return wish.effort;
  if (wish.budget === undefined) return null;
  const { budget } = wish;
  return BUDGETS.find(([most]) => budget <= most)?.[1] ?? 'high';
}

/** The word that a model knows and that comes closest; the smaller of two as close. */
export function nearestEffort(effort: Effort, known: readonly Effort[]): Effort {
  const distance = (each: Effort) => Math.abs(EFFORTS.indexOf(each) - EFFORTS.indexOf(effort));
  return [...known].sort((a, b) => distance(a) - distance(b) || EFFORTS.indexOf(a) - EFFORTS.indexOf(b))[0] ?? effort;
}
