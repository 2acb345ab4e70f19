import { resolveModel } from '@byok/providers';
import { MOST_ATTEMPTS, planAttempts } from './plan-attempts.js';
import type { Attempt, Considered, ModelNames, Plan, PlanInput, RestsOn } from './plan.js';
import { pickModels } from './tasks/pick-models.js';
import { readAuto } from './tasks/auto.js';
import type { ChosenTask } from './tasks/choose-task.js';

/** Of a call with fallback models, or with a model that is chosen for it. */
const MOST_ATTEMPTS_IN_ALL = 6;

export interface RequestInput extends Omit<PlanInput, 'targets' | 'needs' | 'hasOwnKey' | 'onlyProvider'> {
  names: ModelNames;
  /** What `chooseTask` says of it. */
  chosen: ChosenTask | null;
}

/** Everything about how a call is served, and why so. */
export interface RequestPlan extends Plan {
  /** In the order they are tried. */
  models: readonly string[];
  /** null where the caller named the model. */
  task: ChosenTask | null;
}

/** The whole decision about a call: which model it means, which keys serve that, and which models stand in for it. Pure. */
export function planRequest(input: RequestInput): RequestPlan {
  const { request, names, chosen } = input;
  if (chosen) return planTask(input, chosen);
  const model = ownOf(names.aliases, request.model) ?? request.model;
  const fallbacks = ownOf(names.fallbacks, request.model) ?? ownOf(names.fallbacks, model) ?? [];
  const models = [model, ...fallbacks.map((each) => ownOf(names.aliases, each) ?? each).filter((each) => each !== model && !readAuto(each))];
  return planModels(models, input, null, false);
}

function planTask(input: RequestInput, chosen: ChosenTask): RequestPlan {
  const { models, hasOwnKey } = pickModels(chosen.task, chosen.needs, input);
  return planModels(models, input, chosen, hasOwnKey);
}

/**
 * One plan of several models, each tried as far as it goes before the next. A key of the caller's own for what they asked for speaks
 * against platform credits for everything that stands in for it.
 */
function planModels(models: readonly string[], input: RequestInput, task: ChosenTask | null, hasKey: boolean): RequestPlan {
  const attempts: Attempt[] = [];
  const considered: Considered[] = [];
  let hasOwnKey = hasKey;
  // Which models are cheap and healthy is measured.
  let rests: RestsOn = task ? 'measurements' : 'keys';
  let first: Plan | undefined;
  for (const model of models) {
    const onlyProvider = attempts[0]?.provider.id ?? null;
    const maxAttempts = input.maxAttempts ?? Math.min(MOST_ATTEMPTS, MOST_ATTEMPTS_IN_ALL - attempts.length);
    const plan = planAttempts({ ...input, maxAttempts, request: { ...input.request, model }, targets: resolveModel(model), needs: task?.needs ?? [], hasOwnKey, onlyProvider });
    first ??= plan;
    hasOwnKey ||= plan.hasOwnKey;
    rests = weaker(rests, plan.restsOn);
    attempts.push(...plan.attempts);
    considered.push(...plan.considered);
  }
  return { request: first?.request ?? input.request, attempts, considered, targets: first?.targets ?? [], hasOwnKey, restsOn: rests, now: first?.now ?? 0, models, task };
}

const STRENGTH: readonly RestsOn[] = ['request', 'measurements', 'keys'];

function weaker(left: RestsOn, right: RestsOn): RestsOn {
  return STRENGTH.indexOf(left) < STRENGTH.indexOf(right) ? left : right;
}

/** Names come from callers: `constructor` is nobody's alias. */
function ownOf<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record && Object.hasOwn(record, name) ? record[name] : undefined;
}
