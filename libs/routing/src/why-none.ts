import type { AppError } from '@byok/kernel';
import type { Plan } from './plan.js';

/** The error that tells the caller why their plan is empty and which owners were looked at. */
export declare function whyNone(plan: Plan): AppError;
