import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface GaugeSource {
  name: string;
  help: string;
  read: () => number;
}

/** Kept by hand: looking a label set up anew costs more than counting it. */
interface EndpointMetrics {
  calls: Map<number, { inc(): void }>;
  duration: { observe(seconds: number): void };
}

/** Numbers for the operator. No label names a tenant, a token, a key or a model. */
export class GatewayMetrics {
  readonly registry = new Registry();
  readonly #endpoints = new Map<string, EndpointMetrics>();
  readonly #callCounter: Counter<'endpoint' | 'status'>;
  readonly #duration: Histogram<'endpoint'>;

  constructor() {
    this.#callCounter = new Counter({ name: 'byok_calls_total', help: 'Calls answered, by endpoint and HTTP status.', labelNames: ['endpoint', 'status'], registers: [this.registry] });
    this.#duration = new Histogram({
      name: 'byok_call_duration_seconds',
      help: 'From the arrival of a call to its last byte.',
      labelNames: ['endpoint'],
      buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300],
      registers: [this.registry],
    });
    collectDefaultMetrics({ register: this.registry, prefix: 'byok_gateway_' });
    // Which version runs is of use to nobody who reads graphs, and to whoever looks for a hole in it.
    this.registry.removeSingleMetric('byok_gateway_nodejs_version_info');
  }

  called(endpoint: string, status: number, durationMs: number): void {
    let of = this.#endpoints.get(endpoint);
    if (!of) this.#endpoints.set(endpoint, (of = { calls: new Map(), duration: this.#duration.labels(endpoint) }));
    let calls = of.calls.get(status);
    if (!calls) of.calls.set(status, (calls = this.#callCounter.labels(endpoint, String(status))));
    calls.inc();
    of.duration.observe(durationMs / 1_000);
  }

  /** A number that is read when somebody asks. */
  gauge({ name, help, read }: GaugeSource): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}
