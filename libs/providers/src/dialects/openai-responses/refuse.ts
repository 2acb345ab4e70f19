import { AppError } from '@byok/kernel';

/** Right in this dialect, but it lives at a provider that speaks it. */
export function onlyAtResponses(param: string, what: string, instead = 'Leave it out'): AppError {
  return new AppError('param_not_supported', `${what}: such a call needs a model of a provider that speaks the Responses API itself. ${instead}, or choose such a model.`, { details: { param } });
}
