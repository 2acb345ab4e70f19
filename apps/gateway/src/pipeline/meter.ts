import type { Meters, UsageEvent } from '@byok/contracts';
import type { AppError, Clock, RequestId } from '@byok/kernel';
import type { TapResult, UpstreamEndpoint, UsageTap } from '@byok/providers';
import { estimatedMeters, estimatedTokens } from '../estimated-tokens.js';
import { eventIdOf } from '../request-id.js';
import { OpenIntent } from '../spool/open-intents.js';
import { intentLine, outcomeLine, startFields, type UsageEnd } from '../spool/records.js';
import { rememberedFields, type Common } from './remembered-fields.js';
import type { SpoolWriter } from '../spool/spool-writer.js';

export interface MeterDeps {
  spool: Pick<SpoolWriter, 'intend' | 'finish'>;
  clock: Clock;
}

export interface MeteredAttempt extends Common {
  number: number;
  requestId: RequestId;
  stream: boolean;
  requestBytes: number;
  /** Told once, with every token that was counted. */
  whenOver: (tokens: number) => void;
}

/** How an attempt ended, for the usage event. */
export interface Ending {
  error: AppError | null;
  httpStatus: number | null;
  firstByteAt: number | null;
  /** False when the provider never heard of it, or refused it before working: then nothing was consumed. */
  mayHaveConsumed: boolean;
  /** What the provider told about it apart from the answer. */
  toldApart?: Meters | null;
}

const NOTHING_SEEN: TapResult = { meters: null, sawTerminal: false, events: 0, errorSeen: false };

/** Counts one attempt: its intent is on disk before the provider is called, its outcome follows exactly once. */
export class AttemptMeter {
  readonly #deps: MeterDeps;
  readonly #metered: MeteredAttempt;
  readonly #fields: string;
  readonly #intent: OpenIntent;
  #tap: UsageTap | undefined;
  #seen: TapResult | undefined;
  #seenBytes = 0;
  #isClosed = false;

  constructor(metered: MeteredAttempt, deps: MeterDeps) {
    this.#deps = deps;
    this.#metered = metered;
    this.#fields = fieldsOf(metered, deps.clock.now());
    this.#intent = new OpenIntent(intentLine(this.#fields, metered.requestBytes));
  }

  /** @throws AppError service_unavailable when the intent cannot be recorded; then the provider must not be called */
  begin(): Promise<void> {
    return this.#deps.spool.intend(this.#intent);
  }

  /** The provider answers, and this is what reads its count. */
  answering(tap: UsageTap): void {
    this.#tap = tap;
  }

  /** Bytes of the answer as the provider sent them. */
  see(chunk: Buffer): void {
    this.#seenBytes += chunk.length;
    this.#tap?.see(chunk);
  }

  /** True when what was seen has an end: the dialect's own mark, or the usage that comes last. Ask when there is no more. */
  get looksComplete(): boolean {
    const seen = this.#result();
    return seen.sawTerminal || (seen.meters !== null && !tellsUsageEarly(this.#metered.attempt.endpoint));
  }

  /** Records the outcome; a second call changes nothing. */
  close(ending: Ending): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const end = this.#endOf(ending, ending.toldApart ? { ...this.#result(), meters: ending.toldApart } : this.#result());
    this.#metered.whenOver(tokensOf(end.meters));
    this.#deps.spool.finish(this.#intent, outcomeLine(this.#fields, end));
  }

  #result(): TapResult {
    return (this.#seen ??= this.#tap?.end() ?? NOTHING_SEEN);
  }

  #endOf(ending: Ending, seen: TapResult): UsageEnd {
    const { error, httpStatus, firstByteAt, mayHaveConsumed } = ending;
    const outcome = outcomeOf(error, this.#seenBytes > 0);
    const { meters, usageSource, estimated } = this.#consumed(seen, outcome, mayHaveConsumed);
    return { outcome, httpStatus, errorCode: error?.code ?? null, meters, usageSource, estimated, firstByteAt, endedAt: this.#deps.clock.now() };
  }

  /** The provider's own count where there is one; otherwise a count of what went in and what came out, marked as such. */
  #consumed(seen: TapResult, outcome: UsageEvent['outcome'], mayHaveConsumed: boolean): Pick<UsageEnd, 'meters' | 'usageSource' | 'estimated'> {
    const isWhole = outcome === 'ok' || seen.sawTerminal;
    if (seen.meters && (isWhole || !tellsUsageEarly(this.#metered.attempt.endpoint))) return { meters: seen.meters, usageSource: 'provider', estimated: false };
    if (seen.meters) return { meters: { ...seen.meters, output: Math.max(seen.meters.output, seen.events) }, usageSource: 'counted', estimated: true };
    if (!mayHaveConsumed) return { meters: null, usageSource: 'none', estimated: false };
    return { meters: this.#counted(seen), usageSource: 'counted', estimated: true };
  }

  #counted(seen: TapResult): Meters {
    const { stream, endpoint, requestBytes } = this.#metered;
    // One event of a stream carries about one token; a plain answer is counted by its size, and an embedding has no output.
    const output = stream ? seen.events : endpoint === 'embeddings' ? 0 : estimatedTokens(this.#seenBytes);
    return estimatedMeters(requestBytes, output);
  }
}

function tokensOf(meters: Meters | null): number {
  return meters === null ? 0 : meters.inputUncached + meters.cacheRead + meters.cacheWrite5m + meters.cacheWrite1h + meters.output;
}

/** A line in the usage for an answer that was given before: no provider hears of it, so there is no intent. */
export function noteRepeat(metered: Omit<MeteredAttempt, 'whenOver'>, { spool, clock }: MeterDeps): void {
  const now = clock.now();
  spool.finish(null, outcomeLine(fieldsOf(metered, now), { outcome: 'ok', httpStatus: 200, errorCode: null, meters: null, usageSource: 'none', estimated: false, firstByteAt: now, endedAt: now, cache: 'hit' }));
}

/** Anthropic tells the input with the first event and the output with the last, Google with every event what it is so far: what either told of a cut stream is not the end. */
function tellsUsageEarly(endpoint: UpstreamEndpoint): boolean {
  return endpoint === 'messages' || endpoint === 'generate';
}

function outcomeOf(error: AppError | null, hasBegun: boolean): UsageEvent['outcome'] {
  if (!error) return 'ok';
  if (error.code === 'client_gone') return 'aborted';
  return hasBegun || error.code === 'draining' ? 'cut' : 'error';
}

function fieldsOf(metered: Omit<MeteredAttempt, 'whenOver'>, startedAt: number): string {
  const { requestId, number: attempt, stream } = metered;
  return startFields({ eventId: eventIdOf(requestId, attempt), requestId, attempt, stream, startedAt }, rememberedFields(metered));
}
