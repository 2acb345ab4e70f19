import type { Plan, PlanInput } from './plan.js';

/** Which keys are tried for a call, in which order, and what became of the others. Pure. */
export declare function planAttempts(input: PlanInput): Plan;
