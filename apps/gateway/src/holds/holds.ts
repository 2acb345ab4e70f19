import type { BillingForGateway, HoldReplyMessage, TakeHoldMessage } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import type { Log } from '@byok/platform';

/** Money reserved for one attempt. Its usage event settles it; what is here is only for what happens before that. */
export interface Hold {
  /** To be sent upstream where the caller said nothing; 0 where that stands. */
  readonly maxOutputTokens: number;
  /** The most that credits are charged, in decimal USD. */
  readonly heldUsd: string;
  /** The attempt was never made: its money is free at once. */
  release(): void;
  /** The attempt is over and its usage event will follow: the lease need not be extended any more. */
  over(): void;
}

export type Holds = {
  /** @throws AppError credits_exhausted, budget_exceeded, price_unknown; service_unavailable when billing cannot be asked: what must not be overspent waits */
  take(request: TakeHoldMessage): Promise<Hold>;
  readonly running: number;
  close(): void;
};

/** Three heartbeats fit into a lease, so that two may be lost. */
const BEATS_PER_LEASE = 3;
const MIN_BEAT_MS = 500;

/** Holds at usage-billing for the attempts of this gateway, their leases extended for as long as the attempts run. */
export function openHolds(billing: BillingForGateway, log: Log): Holds {
  const running = new Set<string>();
  let beatMs = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const beat = (): void => {
    timer = undefined;
    if (running.size === 0) return;
    billing.extendHolds({ eventIds: [...running] }).catch((error: unknown) => log.warn({ error, holds: running.size }, 'could not extend the holds of running calls; the next try follows'));
    schedule();
  };
  const schedule = (): void => void (timer ??= setTimeout(beat, beatMs).unref());
  /** Leases may become shorter, and the next beat must not come too late for that. */
  const keepPace = (wantedMs: number): void => {
    if (wantedMs < beatMs) {
      clearTimeout(timer);
      timer = undefined;
    }
    beatMs = wantedMs;
    schedule();
  };
  const release = (eventId: string): void => {
    running.delete(eventId);
    billing.releaseHold({ eventId }).catch((error: unknown) => log.warn({ error }, 'could not release a hold; it ends with its lease'));
  };
  return {
    take: async (request) => {
      const reply = await ask(billing, request);
      running.add(request.eventId);
      keepPace(Math.max(MIN_BEAT_MS, Math.floor(reply.leaseMs / BEATS_PER_LEASE)));
      const { maxOutputTokens, heldUsd } = reply;
      return { maxOutputTokens, heldUsd, release: () => release(request.eventId), over: () => void running.delete(request.eventId) };
    },
    get running() {
      return running.size;
    },
    close: () => clearTimeout(timer),
  };
}

async function ask(billing: BillingForGateway, request: TakeHoldMessage): Promise<HoldReplyMessage> {
  try {
    return await billing.takeHold(request);
  } catch (error) {
    if (error instanceof AppError && error.code !== 'service_unavailable') throw error;
    throw new AppError('service_unavailable', 'Whether there is money for this call cannot be found out at the moment, so it was not made. Try again shortly.', { cause: error });
  }
}
