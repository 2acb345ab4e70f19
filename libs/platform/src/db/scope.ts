import { AsyncLocalStorage } from 'node:async_hooks';

/** For work that is of no single org by its nature: who is this token, a batch of many orgs' events, chores, the operator's views. */
export const EVERY_ORG = '*';

/** Whose rows a statement may touch: one org's, the platform's own, or everybody's. PostgreSQL's policies compare it with `org_id`. */
export type Scope = string & {};

const SCOPES = /^(?:\*|[A-Za-z0-9_-]{1,64})$/;
const current = new AsyncLocalStorage<{ scope: Scope }>();

/** Runs `work`: every statement in it that names no scope of its own sees this one's rows and no others. */
export function withinScope<R>(scope: Scope, work: () => R): R {
  return current.run({ scope: checkedScope(scope) }, work);
}

/** From here on the work under way sees this org's rows alone: for work that begins by finding out whose it is. */
export function narrowScope(orgId: Scope): void {
  const work = current.getStore();
  if (work) work.scope = checkedScope(orgId);
}

export function scopeOfWork(): Scope | undefined {
  return current.getStore()?.scope;
}

/** It becomes part of a statement, so it is an id or nothing. */
export function checkedScope(scope: Scope): Scope {
  if (!SCOPES.test(scope)) throw new Error('A scope is the id of an org, or every org.');
  return scope;
}
