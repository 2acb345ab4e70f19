import type { BillingForGateway } from '@byok/contracts';
import { openPriceBook, readPriceLines, type PriceBook } from '@byok/pricing';
import type { Log } from '@byok/platform';

/** Prices change by the day; billing may start after us. */
const PACE = { everyMs: 5 * 60_000, againMs: 5_000 };

export interface PriceWatch {
  close(): void;
}

/**
 * Keeps the prices at hand by which keys and models are compared: asked for at the start, and again every few minutes. No call waits for
 * them, and none is refused for want of them: without prices the order falls back to priority.
 */
export function watchPrices({ billing, keep, log, pace = PACE }: { billing: Pick<BillingForGateway, 'getPrices'>; keep: (prices: PriceBook) => void; log: Log; pace?: typeof PACE }): PriceWatch {
  let knownVersion = '';
  let isAway = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const ask = async (): Promise<void> => {
    try {
      const { version, lines } = await billing.getPrices({ knownVersion });
      if (version !== knownVersion) keep(openPriceBook(readPriceLines(lines)));
      knownVersion = version;
      isAway = false;
    } catch (error) {
      if (!isAway) log.warn({ error }, 'prices could not be read; keys are compared without new ones until then');
      isAway = true;
    }
    // At the very first start billing answers before it has taken over the prices that come with it.
    const isSoon = isAway || knownVersion === '';
    if (!isClosed) timer = setTimeout(() => void ask(), isSoon ? pace.againMs : pace.everyMs).unref();
  };
  void ask();
  return {
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
