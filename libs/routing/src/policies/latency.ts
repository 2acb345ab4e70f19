import { performanceName, type Conditions } from '../conditions.js';
import type { RoutingRequest } from '../plan.js';
import { drawOf } from './draw.js';
import { byNumber, type Compare, type Ordered } from './ordered.js';

/** Fewer say nothing. */
const ENOUGH_SAMPLES = 3;
/** Of the calls, so that one which was slow once is asked again. */
const EXPLORING = 0.05;
/** However rarely it succeeds, a wait is not longer than this many times its latency. */
const LEAST_SUCCESS = 0.05;

/**
 * The faster to its first byte first, failures counted as time lost. What was not measured yet goes first, and one call in twenty tries
 * them in an order that is drawn.
 */
export function byLatency({ draw = '' }: RoutingRequest, conditions: Conditions): Compare {
  if (draw !== '' && drawOf(`explore ${draw}`) < EXPLORING) return byNumber(({ key }) => drawOf(`${draw} ${key.id}`));
  return byNumber((ordered) => expectedWait(ordered, conditions));
}

/** The one that succeeds more often first; what was not measured counts as good. */
export function bySuccess(conditions: Conditions): Compare {
  // Steps of a tenth: a plan does not turn over for one failure in a thousand.
  return byNumber((ordered) => -Math.round(successRateOf(ordered.provider.id, ordered.target.upstreamModel, conditions) * 10));
}

export function successRateOf(providerId: string, upstreamModel: string, { performance }: Conditions): number {
  const measured = performance.get(performanceName(providerId, upstreamModel));
  return measured && measured.samples >= ENOUGH_SAMPLES ? measured.successRate : 1;
}

/** 0 where it was not measured. */
export function latencyOf(providerId: string, upstreamModel: string, { performance }: Conditions): number {
  const measured = performance.get(performanceName(providerId, upstreamModel));
  return measured && measured.samples >= ENOUGH_SAMPLES ? measured.latencyMs : 0;
}

function expectedWait({ provider, target }: Ordered, conditions: Conditions): number {
  const latency = latencyOf(provider.id, target.upstreamModel, conditions);
  return latency / Math.max(successRateOf(provider.id, target.upstreamModel, conditions), LEAST_SUCCESS);
}
