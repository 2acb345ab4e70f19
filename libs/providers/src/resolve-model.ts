import type { Provider } from './provider.js';

export interface ModelTarget {
  provider: Provider;
  /** The name this provider knows the model by. */
  upstreamModel: string;
}

/** `provider/model` or a bare name that providers own → the direct providers; unknown → []. */
export declare function resolveModel(name: string): ModelTarget[];

/** How an aggregator names the model, or null when it cannot be asked for it. */
export declare function aggregatorTarget(aggregator: Provider, name: string): ModelTarget | null;
