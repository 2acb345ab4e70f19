import { StartRefused, type Log } from '@byok/platform';
import { fork, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';

export interface ProcessSpec {
  name: string;
  /** Path of the entry file. */
  entry: string;
  environment: Record<string, string>;
  logFolder: string;
}

/** The first start makes a database, which takes a slow disk its time. */
const READY_LIMIT_MS = 90_000;
const RESTART_FIRST_MS = 100;
const RESTART_MOST_MS = 5_000;
const EXIT_REFUSED = 78;

/** One child process that is started again, with growing pauses, whenever it ends without being asked to. */
export class SupervisedProcess {
  #child: ChildProcess | undefined;
  #isStopping = false;
  #pauseMs = RESTART_FIRST_MS;

  constructor(
    private readonly spec: ProcessSpec,
    private readonly log: Log,
    private readonly onRestart: () => void,
  ) {}

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the process says it is ready; a refusal of the process is a refusal of the whole start, in its words. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = this.#spawn();
      let said = '';
      let isReady = false;
      // While it starts, its words are kept for the refusal: the operator reads one line, not two of the same.
      child.stderr?.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString('utf8')).slice(-2_000);
        if (isReady) this.log.warn({ process: this.spec.name, said: chunk.toString('utf8').trim() }, 'a process wrote to stderr');
      });
      const limit = setTimeout(() => reject(new StartRefused(`${this.spec.name} was not ready after ${READY_LIMIT_MS / 1000} s. Its log: ${join(this.spec.logFolder, `${this.spec.name}.log`)}`)), READY_LIMIT_MS);
      child.once('message', () => {
        clearTimeout(limit);
        isReady = true;
        this.#pauseMs = RESTART_FIRST_MS;
        resolve();
      });
      child.once('exit', (code, signal) => {
        clearTimeout(limit);
        if (!isReady) reject(refusal(this.spec, code, said));
        else if (!this.#isStopping) this.#restartLater(code, signal);
      });
    });
  }

  /** Asks it to end and waits; kills it when it has not after `limitMs`. */
  stop(limitMs: number): Promise<void> {
    this.#isStopping = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }

  #spawn(): ChildProcess {
    const logFile = openSync(join(this.spec.logFolder, `${this.spec.name}.log`), 'a', 0o600);
    const child = fork(this.spec.entry, [], {
      env: this.spec.environment,
      // A process group of its own: Ctrl-C reaches the supervisor alone, which then stops everything in the right order.
      detached: true,
      stdio: ['ignore', logFile, 'pipe', 'ipc'],
    });
    child.on('error', (error) => this.log.error({ process: this.spec.name, error }, 'a process could not be started'));
    this.#child = child;
    return child;
  }

  #restartLater(code: number | null, signal: string | null): void {
    this.log.warn({ process: this.spec.name, code, signal, pauseMs: this.#pauseMs }, 'a process ended and is started again');
    setTimeout(() => {
      if (this.#isStopping) return;
      this.start().then(this.onRestart, () => this.#restartLater(null, null));
    }, this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, RESTART_MOST_MS);
  }
}

function refusal(spec: ProcessSpec, code: number | null, said: string): StartRefused {
  const line = said.trim().split('\n').at(-1);
  if (code === EXIT_REFUSED && line) return new StartRefused(line);
  return new StartRefused(`${spec.name} ended while starting (exit code ${code ?? 'none'}). ${line ?? ''} Its log: ${join(spec.logFolder, `${spec.name}.log`)}`);
}
