import { onceFor, type Clock, type ErrorCode } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import type { Attempt } from '@byok/routing';
import { asciiJson } from '../ascii-json.js';
import type { CallRecord } from './call-record.js';

/** A call that is over. Of it, facts of ours, ids and numbers are said: no prompt, no answer, no credential can get in. */
export interface EndedCall {
  requestId: string;
  route: string;
  startedAt: number;
  status: number;
  durationMs: number;
  record: CallRecord;
  code: ErrorCode | undefined;
}

export interface CallLog {
  say(ended: EndedCall): void;
}

const FLUSH_MS = 50;
const FLUSH_CHARACTERS = 64 * 1024;
const LONGEST_MODEL = 256;

/**
 * One JSON line per call, in the form of the service's log. Lines are written together: a write for each would cost more
 * than the rest of the line.
 */
export class BatchedCallLog implements CallLog {
  /** Takes ASCII alone. */
  readonly #write: (lines: string) => void;
  readonly #prefix: string;
  readonly #clock: Clock;
  #toldAt = -1;
  #told = '';
  #lines = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (lines: string) => void, pid: number, clock: Clock) {
    this.#clock = clock;
    this.#write = write;
    this.#prefix = `,"service":"gateway","pid":${pid},`;
  }

  say(ended: EndedCall): void {
    this.#lines += `{"level":30,"time":"${this.#isoTime(this.#clock.now())}"${this.#prefix}${factsOf(ended)},"msg":"call"}\n`;
    if (this.#lines.length >= FLUSH_CHARACTERS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  /** Many calls end in the same millisecond. */
  #isoTime(now: number): string {
    if (now !== this.#toldAt) {
      this.#toldAt = now;
      this.#told = new Date(now).toISOString();
    }
    return this.#told;
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = '';
    if (lines.length > 0) this.#write(lines);
  }
}

/** Only the model is the caller's word; the rest is ids, numbers and words of ours, which JSON does not escape. */
function factsOf({ requestId, route, startedAt, status, durationMs, record, code }: EndedCall): string {
  const { principal, attempt, model, stream, attempts, firstByteAt } = record;
  return (
    `"requestId":"${requestId}","route":"${route}","status":${status},"durationMs":${durationMs},"firstByteMs":${firstByteAt ? firstByteAt - startedAt : null},` +
    `${principal ? ofPrincipal(principal) : ''}${model === undefined ? '' : `"model":${asciiJson(model.slice(0, LONGEST_MODEL))},`}` +
    `${attempt ? ofAttempt(attempt) : ''}${code === undefined ? '' : `"code":"${code}",`}"stream":${stream ?? null},"attempts":${attempts ?? 0}`
  );
}

/** Principals and planned attempts serve many calls: what is said of them is put into words once. */
const ofPrincipal = onceFor(({ orgId, tokenId }: Principal) => `"orgId":"${orgId}",${tokenId === null ? '' : `"tokenId":"${tokenId}",`}`);
const ofAttempt = onceFor(({ provider, keyId, owner, keyVersion }: Attempt) => `"provider":"${provider.id}","keyId":"${keyId}","keyOwner":"${owner.type}","keyVersion":${keyVersion},`);

/** For a log level that leaves calls out. */
export const NO_CALL_LOG: CallLog = { say: () => undefined };
