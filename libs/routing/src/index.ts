export { planAttempts } from './plan-attempts.js';
export { whyNone } from './why-none.js';
export type { Attempt, Considered, DropReason, Plan, PlanInput, RoutingPolicy, RoutingRequest, UsableKey } from './plan.js';
