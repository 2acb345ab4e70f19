import { resolveModel } from '@byok/providers';
import { MOST_ATTEMPTS, planAttempts } from './plan-attempts.js';
import type { Attempt, Considered, ModelNames, Plan, PlanInput, RestsOn } from './plan.js';
import { pickModels } from './tasks/pick-models.js';
import { readAuto } from './tasks/auto.js';
import { classifyTask, type Classified } from './tasks/classify.js';
import type { TaskSigns } from './tasks/signs.js';

/** Of a call with fallback models, or with a model that is chosen for it. */
const MOST_ATTEMPTS_IN_ALL = 6;

export interface RequestInput extends Omit<PlanInput, 'targets' | 'needs' | 'hasOwnKey' | 'onlyProvider'> {
  names: ModelNames;
  /** The task as the caller says it, where the model is left to us. */
  task?: string | null;
  /** Looked at only where the model is left to us. */
  signs: () => TaskSigns;
}

/** Everything about how a call is served, and why so. */
export interface RequestPlan extends Plan {
  /** In the order they are tried. */
  models: readonly string[];
  /** null where the caller named the model. */
  task: Classified | null;
}

/** The whole decision about a call: which model it means, which keys serve that, and which models stand in for it. Pure. */
export function planRequest(input: RequestInput): RequestPlan {
  const { request, names } = input;
  const model = ownOf(names.aliases, request.model) ?? request.model;
  const auto = readAuto(model);
  if (auto) return planTask(input, auto.task);
  const fallbacks = ownOf(names.fallbacks, request.model) ?? ownOf(names.fallbacks, model) ?? [];
  const models = [model, ...fallbacks.map((each) => ownOf(names.aliases, each) ?? each).filter((each) => each !== model && !readAuto(each))];
  return planModels(models, input, null, { needs: [], hasOwnKey: false });
}

function planTask(input: RequestInput, named: string | null): RequestPlan {
  const signs = input.signs();
  const said = named ?? input.task ?? null;
  const task = said === null ? classifyTask(signs, input.names.taskRules) : { task: said, because: 'the caller said so' };
  const needs = [...(signs.hasTools ? ['tools'] : []), ...(signs.hasImages ? ['vision'] : [])];
  const { models, hasOwnKey } = pickModels(task.task, needs, input);
  return planModels(models, input, task, { needs, hasOwnKey });
}

/**
 * One plan of several models, each tried as far as it goes before the next. A key of the caller's own for what they asked for speaks
 * against platform credits for everything that stands in for it.
 */
function planModels(models: readonly string[], input: RequestInput, task: Classified | null, extra: { needs: readonly string[]; hasOwnKey: boolean }): RequestPlan {
  const attempts: Attempt[] = [];
  const considered: Considered[] = [];
  let { hasOwnKey } = extra;
  let rests: RestsOn = task ? 'request' : 'keys';
  let first: Plan | undefined;
  for (const model of models) {
    const onlyProvider = attempts[0]?.provider.id ?? null;
    const maxAttempts = input.maxAttempts ?? Math.min(MOST_ATTEMPTS, MOST_ATTEMPTS_IN_ALL - attempts.length);
    const plan = planAttempts({ ...input, maxAttempts, request: { ...input.request, model }, targets: resolveModel(model), needs: extra.needs, hasOwnKey, onlyProvider });
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
