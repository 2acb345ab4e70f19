import type { Clock } from '@byok/kernel';

export const systemClock: Clock = { now: () => Date.now() };
