import { performanceName, type Attempt, type Performance } from '@byok/routing';

/** Weight of the newest figure in a moving average. */
const NEWEST = 0.1;
const MOST_NAMES = 5_000;

/** How fast and how reliably each model answers, as calls go by. */
export class Performances {
  readonly #byName = new Map<string, Performance>();

  get byName(): ReadonlyMap<string, Performance> {
    return this.#byName;
  }

  answered(attempt: Attempt, latencyMs: number): void {
    const known = this.#of(attempt);
    if (!known) return;
    known.latencyMs = known.samples === 0 ? latencyMs : known.latencyMs + NEWEST * (latencyMs - known.latencyMs);
    known.successRate += NEWEST * (1 - known.successRate);
    known.samples += 1;
  }

  failed(attempt: Attempt): void {
    const known = this.#of(attempt);
    if (known) known.successRate -= NEWEST * known.successRate;
  }

  /** Where tenants name the endpoint, a model's name is theirs, too, and says nothing to others. */
  #of({ provider, upstreamModel }: Attempt): Performance | undefined {
    if (typeof provider.baseUrl === 'string' && provider.baseUrl.includes('{')) return undefined;
    const name = performanceName(provider.id, upstreamModel);
    let known = this.#byName.get(name);
    if (!known) {
      if (this.#byName.size >= MOST_NAMES) this.#byName.delete(this.#byName.keys().next().value!);
      this.#byName.set(name, (known = { latencyMs: 0, successRate: 1, samples: 0 }));
    }
    return known;
  }
}
