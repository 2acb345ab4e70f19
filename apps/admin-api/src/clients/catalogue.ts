import type { ProbeForAdmin, ProviderMessage } from '@byok/contracts';
import { AppError, type Clock } from '@byok/kernel';

/** The providers that the gateway knows, read again every minute; admin-api has no provider knowledge of its own. */
export interface Catalogue {
  all(): Promise<readonly ProviderMessage[]>;
  /** By id or alias; unknown_provider when the gateway has none of that name. */
  find(name: string): Promise<ProviderMessage>;
}

const FRESH_MS = 60_000;

export function providerCatalogue(deps: { probe: Pick<ProbeForAdmin, 'listProviders'>; clock: Clock }): Catalogue {
  let read: { at: number; items: readonly ProviderMessage[] } | undefined;
  const all = async (): Promise<readonly ProviderMessage[]> => {
    if (!read || deps.clock.now() - read.at > FRESH_MS) read = { items: (await deps.probe.listProviders({})).items, at: deps.clock.now() };
    return read.items;
  };
  const find = async (name: string): Promise<ProviderMessage> => {
    const wanted = name.toLowerCase();
    const provider = (await all()).find((each) => each.id === wanted || each.aliases.includes(wanted));
    if (!provider) throw new AppError('unknown_provider', 'There is no such provider. GET /api/byok/providers lists them.');
    return provider;
  };
  return { all, find };
}
