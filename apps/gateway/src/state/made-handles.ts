import { TOLD_APART_WITHIN, handleOf, type Handle } from './named-handles.js';

/** Where an answer of the Responses dialect names what a later call may name again, each with the id in the first group. */
const PATTERN = /"(?:id|encrypted_content|container_id)"\s*:\s*"((?:resp_|conv_|msg_|rs_|fc_|cntr_|gAAAA)[\w=.-]{1,200})/g;
/** The longest match there can be; what stands at the end of a chunk may be the beginning of one. */
const LONGEST = 256;
const MOST_HANDLES = 256;

/** Watches an answer go by for the names of what the provider keeps of it. Chunks may be cut anywhere. */
export class MadeHandles {
  readonly #tell: (handle: Handle) => void;
  readonly #told = new Set<Handle>();
  #tail = '';

  constructor(tell: (handle: Handle) => void) {
    this.#tell = tell;
  }

  see(chunk: Uint8Array): void {
    const text = this.#tail + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
    const isOpenUntil = text.length - LONGEST;
    let from = 0;
    for (const match of text.matchAll(PATTERN)) {
      // An id that runs to the end of the chunk may go on in the next one.
      if (match.index + match[0].length === text.length && match[1]!.length < TOLD_APART_WITHIN) break;
      from = match.index + match[0].length;
      this.#note(handleOf(match[1]!));
    }
    this.#tail = text.slice(Math.max(from, isOpenUntil, 0));
  }

  #note(handle: Handle): void {
    if (this.#told.has(handle) || this.#told.size >= MOST_HANDLES) return;
    this.#told.add(handle);
    this.#tell(handle);
  }
}
