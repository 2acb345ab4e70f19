export { afterFailure, afterSuccess, isForgotten, onTrial } from './breaker.js';
export type { Breaker, Outcome } from './breaker.js';
export { EVERY_MODEL, NOTHING_KNOWN, coolDownOf, endpointOf, performanceName } from './conditions.js';
export type { Conditions, CoolDown, Performance } from './conditions.js';
export { planAttempts } from './plan-attempts.js';
export { whyNone } from './why-none.js';
export type { Attempt, Considered, DropReason, Plan, PlanInput, RoutingPolicy, RoutingRequest, UsableKey } from './plan.js';
