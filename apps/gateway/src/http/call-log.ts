import type { Clock, ErrorCode } from '@byok/kernel';

/** What is said of every call: facts of ours, ids and numbers. No prompt, no answer, no credential can get in. */
export interface CallLine {
  requestId: string;
  route: string;
  status: number;
  durationMs: number;
  firstByteMs: number | null;
  orgId: string | undefined;
  tokenId: string | null | undefined;
  model: string | undefined;
  stream: boolean | undefined;
  provider: string | undefined;
  keyId: string | undefined;
  keyVersion: number | undefined;
  keyOwner: string | undefined;
  attempts: number | undefined;
  code: ErrorCode | undefined;
}

export interface CallLog {
  say(line: CallLine): void;
}

const FLUSH_MS = 50;
const FLUSH_CHARACTERS = 64 * 1024;
const LONGEST_MODEL = 256;

/**
 * One JSON line per call, in the form of the service's log. Lines are written together: a write for each would cost more
 * than the rest of the line.
 */
export class BatchedCallLog implements CallLog {
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

  say(line: CallLine): void {
    this.#lines += `{"level":30,"time":"${this.#isoTime(this.#clock.now())}"${this.#prefix}${factsOf(line)},"msg":"call"}\n`;
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
function factsOf(line: CallLine): string {
  return (
    `"requestId":"${line.requestId}","route":"${line.route}","status":${line.status},"durationMs":${line.durationMs},"firstByteMs":${line.firstByteMs},` +
    `${fact('orgId', line.orgId)}${fact('tokenId', line.tokenId)}${line.model === undefined ? '' : `"model":${JSON.stringify(line.model.slice(0, LONGEST_MODEL))},`}` +
    `${fact('provider', line.provider)}${fact('keyId', line.keyId)}${fact('keyOwner', line.keyOwner)}${fact('code', line.code)}` +
    `${line.keyVersion === undefined ? '' : `"keyVersion":${line.keyVersion},`}"stream":${line.stream ?? null},"attempts":${line.attempts ?? 0}`
  );
}

function fact(name: string, value: string | null | undefined): string {
  return value === undefined || value === null ? '' : `"${name}":"${value}",`;
}

/** For a log level that leaves calls out. */
export const NO_CALL_LOG: CallLog = { say: () => undefined };
