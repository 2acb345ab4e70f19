import type { ErrorCode } from '@byok/kernel';

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
  #lines = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (lines: string) => void, pid: number) {
    this.#write = write;
    this.#prefix = `,"service":"gateway","pid":${pid},`;
  }

  say(line: CallLine): void {
    const told = line.model === undefined || line.model.length <= LONGEST_MODEL ? line : { ...line, model: line.model.slice(0, LONGEST_MODEL) };
    this.#lines += `{"level":30,"time":"${new Date().toISOString()}"${this.#prefix}${JSON.stringify(told).slice(1, -1)},"msg":"call"}\n`;
    if (this.#lines.length >= FLUSH_CHARACTERS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = '';
    if (lines.length > 0) this.#write(lines);
  }
}

/** For a log level that leaves calls out. */
export const NO_CALL_LOG: CallLog = { say: () => undefined };
