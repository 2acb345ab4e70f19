import { EventStreamCodec } from '@smithy/eventstream-codec';
import { joined } from '../../byte-window.js';

/** One message of an `application/vnd.amazon.eventstream`. */
export interface EventFrame {
  /** `broken` is our own word for what is no frame; nothing comes after it. */
  kind: 'event' | 'exception' | 'error' | 'broken';
  /** The event's or exception's type, or the code of an error. */
  name: string;
  /** The payload as text; of an error and of what is broken the sentence that says so. */
  data: string;
}

/** Total length, length of the headers, and the checksum of these eight bytes. */
const PRELUDE = 12;
const CHECKSUM = 4;
const SMALLEST_FRAME = PRELUDE + CHECKSUM;
/** The format allows 16 MiB of payload and 128 KiB of headers. */
const LARGEST_FRAME = 16 * 1024 * 1024 + 128 * 1024 + SMALLEST_FRAME;

/** Cuts an event stream into its frames, wherever its chunks are cut, and checks both checksums of each. Never throws. */
export class EventFrames {
  readonly #codec = new EventStreamCodec(
    (bytes) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)),
    (text) => new TextEncoder().encode(text),
  );
  #chunks: Uint8Array[] = [];
  #length = 0;
  #needed = PRELUDE;
  #isBroken = false;

  /** The frames that this chunk completes. */
  see(chunk: Uint8Array): EventFrame[] {
    if (this.#isBroken || chunk.length === 0) return [];
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    // Joined only when a frame is there: a large one in small chunks must not be copied over and over.
    return this.#length < this.#needed ? [] : this.#cut(joined(this.#chunks));
  }

  /** True when there are bytes of a frame whose rest did not come. */
  get isInsideFrame(): boolean {
    return this.#length > 0;
  }

  #cut(bytes: Buffer): EventFrame[] {
    const frames: EventFrame[] = [];
    let at = 0;
    this.#needed = PRELUDE;
    while (!this.#isBroken && bytes.length - at >= PRELUDE) {
      const length = frameLength(bytes, at);
      if (length !== null && bytes.length - at < length) {
        this.#needed = length;
        break;
      }
      frames.push(length === null ? broken('a frame of the stream has no sensible length') : this.#decode(bytes.subarray(at, at + length)));
      this.#isBroken = frames.at(-1)!.kind === 'broken';
      at += length ?? 0;
    }
    this.#chunks = this.#isBroken || at === bytes.length ? [] : [bytes.subarray(at)];
    this.#length = this.#isBroken ? 0 : bytes.length - at;
    return frames;
  }

  #decode(frame: Buffer): EventFrame {
    try {
      const { headers, body } = this.#codec.decode(frame);
      const header = (name: string): string => (headers[name]?.type === 'string' ? headers[name].value : '');
      const data = new TextDecoder().decode(body);
      switch (header(':message-type')) {
        case 'exception':
          return { kind: 'exception', name: header(':exception-type'), data };
        case 'error':
          return { kind: 'error', name: header(':error-code'), data: header(':error-message') };
        default:
          return { kind: 'event', name: header(':event-type'), data };
      }
    } catch {
      // The codec's own message says no more than that.
      return broken('a frame of the stream is damaged');
    }
  }
}

/** The length of the frame that begins at `at`; null when it is none, or when the prelude's own checksum denies it. */
function frameLength(bytes: Buffer, at: number): number | null {
  const total = bytes.readUInt32BE(at);
  const headers = bytes.readUInt32BE(at + 4);
  if (total < SMALLEST_FRAME || total > LARGEST_FRAME || headers > total - SMALLEST_FRAME) return null;
  // Checked before its frame is there: a damaged length would have us wait for bytes that never come.
  return crc32(bytes.subarray(at, at + 8)) === bytes.readUInt32BE(at + 8) ? total : null;
}

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

function broken(sentence: string): EventFrame {
  return { kind: 'broken', name: '', data: sentence };
}
