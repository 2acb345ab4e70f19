import type { Found } from '../../find-usage.js';
import type { StreamPart } from '../answer-form.js';
import { asObject, numberAt, textAt } from '../members.js';
import { onlySet } from '../only-set.js';
import { signatureOf } from './read-spoken.js';

interface Call {
  tool: number;
  id: string;
  name: string;
  signature: string | undefined;
  isTold: boolean;
  /** Arguments that came before the name. */
  waiting: string;
  hasArguments: boolean;
}

/**
 * The tool calls of a choice, piece by piece. Most providers number them; some leave the number out or give all the same one, and then
 * a new id with a name begins a new call.
 */
export class CallReader {
  readonly #choice: number;
  readonly #idPrefix: string;
  readonly #calls: Call[] = [];
  readonly #byIndex = new Map<number, Call>();

  constructor(choice: number, idPrefix: string) {
    this.#choice = choice;
    this.#idPrefix = idPrefix;
  }

  get hasCalls(): boolean {
    return this.#calls.some(({ isTold }) => isTold);
  }

  read(deltas: readonly Found[]): StreamPart[] {
    return deltas.flatMap((delta) => this.#read(delta));
  }

  /** A call without arguments has an empty object of them. */
  finish(): StreamPart[] {
    return this.#calls.flatMap((call) => (call.isTold && !call.hasArguments ? [this.#fragment(call, '{}')] : []));
  }

  #read(delta: Found): StreamPart[] {
    const called = asObject(delta['function']) ?? {};
    const id = textAt(delta, 'id') ?? '';
    const name = textAt(called, 'name') ?? '';
    const call = this.#callOf(numberAt(delta, 'index'), id, name);
    call.id ||= id;
    call.name ||= name;
    call.signature ??= signatureOf(delta);
    call.waiting += fragmentOf(called['arguments'], call.hasArguments);
    if (call.name === '') return [];
    const parts: StreamPart[] = [];
    if (!call.isTold) {
      call.isTold = true;
      // A call that never got a name is not told, so numbers are given here.
      call.tool = this.#calls.filter(({ isTold }) => isTold).length - 1;
      parts.push({ type: 'tool-call', choice: this.#choice, tool: call.tool, id: call.id || `${this.#idPrefix}_${call.tool}`, name: call.name, ...onlySet({ signature: call.signature }) });
    }
    if (call.waiting !== '') parts.push(this.#fragment(call, call.waiting));
    return parts;
  }

  #callOf(index: number | null, id: string, name: string): Call {
    const known = index === null ? this.#calls.find((call) => id !== '' && call.id === id) : this.#byIndex.get(index);
    const last = this.#calls.at(-1);
    const open = known ?? (index === null && (name === '' || last?.name === '') ? last : undefined);
    const isOther = open !== undefined && id !== '' && name !== '' && open.id !== '' && open.id !== id;
    if (open && !isOther) return open;
    const call: Call = { tool: 0, id: '', name: '', signature: undefined, isTold: false, waiting: '', hasArguments: false };
    this.#calls.push(call);
    if (index !== null) this.#byIndex.set(index, call);
    return call;
  }

  #fragment(call: Call, fragment: string): StreamPart {
    call.waiting = '';
    call.hasArguments = true;
    return { type: 'tool-arguments', choice: this.#choice, tool: call.tool, fragment };
  }
}

/** Some send the arguments as an object, whole. */
function fragmentOf(value: unknown, hasArguments: boolean): string {
  if (typeof value === 'string') return value === 'null' && !hasArguments ? '' : value;
  const whole = asObject(value);
  return whole && !hasArguments ? JSON.stringify(whole) : '';
}
