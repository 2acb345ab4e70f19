import type { ModelNames } from '../plan.js';
import { readAuto } from './auto.js';
import { classifyTask, type Classified } from './classify.js';
import type { TaskSigns } from './signs.js';

/** A task, how it was found, and what its model must be able to do besides. */
export interface ChosenTask extends Classified {
  needs: readonly string[];
}

/** Which task a call is whose model is left to us, because its name or what the name stands for is `auto`; null for every other call. */
export function chooseTask(call: { request: { model: string }; names: ModelNames; task?: string | null; signs: () => TaskSigns }): ChosenTask | null {
  const { aliases, taskRules } = call.names;
  const { model } = call.request;
  const auto = readAuto(aliases && Object.hasOwn(aliases, model) ? aliases[model]! : model);
  if (!auto) return null;
  const signs = call.signs();
  const said = auto.task ?? call.task ?? null;
  const task = said === null ? classifyTask(signs, taskRules) : { task: said, because: 'the caller said so' };
  return { ...task, needs: [...(signs.hasTools ? ['tools'] : []), ...(signs.hasImages ? ['vision'] : [])] };
}
