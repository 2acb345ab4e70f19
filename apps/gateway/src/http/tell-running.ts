import type { GovernanceForGateway, NoteRunningMessage } from '@byok/contracts';
import type { Log } from '@byok/platform';
import type { RunningCalls } from './call.js';
import { cutCallsOfKey } from './cut-calls.js';

const EVERY_MS = 10_000;

interface TellRunningDeps {
  /** Outlasts the process: what one that crashed had said is replaced by what the next one says. */
  gatewayId: string;
  vault: GovernanceForGateway;
  running: RunningCalls;
  log: Log;
}

/**
 * Tells the vault what runs with which keys, and hears which of those calls must end: a notice that a key was sealed may have been lost,
 * a call may run for half an hour, and a stop has to be kept within half a minute.
 */
export class TellRunning {
  readonly #deps: TellRunningDeps;
  #toldAt = 0;
  #toldOf = 0;
  #isTelling = false;

  constructor(deps: TellRunningDeps) {
    this.#deps = deps;
  }

  /** Called every second. A gateway that is at nothing says so once. */
  tick(now: number): void {
    if (this.#isTelling || now - this.#toldAt < EVERY_MS) return;
    const items = countByKey(this.#deps.running);
    if (items.length === 0 && this.#toldOf === 0) return;
    this.#toldAt = now;
    this.#isTelling = true;
    void this.#tell(items).finally(() => (this.#isTelling = false));
  }

  async #tell(items: NoteRunningMessage['items']): Promise<void> {
    try {
      const { keyIds } = await this.#deps.vault.noteRunning({ gatewayId: this.#deps.gatewayId, items });
      this.#toldOf = items.length;
      for (const keyId of keyIds) cutCallsOfKey(keyId, this.#deps.running);
    } catch (error) {
      this.#deps.log.warn({ error }, 'the vault could not be told which keys are in use: a sealed key is cut by notice only');
    }
  }
}

function countByKey(running: RunningCalls): NoteRunningMessage['items'] {
  const counts = new Map<string, NoteRunningMessage['items'][number]>();
  for (const { record } of running) {
    if (!record.attempt) continue;
    const { keyId } = record.attempt;
    const count = counts.get(keyId) ?? { keyId, calls: 0, streams: 0 };
    count.calls += 1;
    if (record.stream) count.streams += 1;
    counts.set(keyId, count);
  }
  return [...counts.values()];
}
