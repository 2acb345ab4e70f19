import { findProvider, tasksOfModel } from '@byok/providers';
import type { ModelNames, UsableKey } from '../plan.js';

const MOST_CANDIDATES = 60;

/**
 * The models among which a task is given one: the org's own list, or else those that the providers of the caller's keys are known for,
 * or that a key names, as far as their family is good enough for it.
 */
export function candidateModels(task: string, keys: readonly UsableKey[], { tasks }: ModelNames): readonly string[] {
  const own = tasks?.[task];
  if (own) return own;
  const names = new Set<string>();
  for (const { provider: id, status, allowedModels } of keys) {
    const provider = findProvider(id);
    if (!provider || status !== 'active') continue;
    const named = allowedModels.filter((model) => !model.endsWith('*')).map((model) => (model.startsWith(`${provider.id}/`) ? model : `${provider.id}/${model}`));
    for (const name of [...provider.models.map((model) => `${provider.id}/${model}`), ...named]) if (isFit(name, task)) names.add(name);
  }
  return [...names].slice(0, MOST_CANDIDATES);
}

function isFit(name: string, task: string): boolean {
  return (tasksOfModel(name) as readonly string[]).includes(task);
}
