import { EventEmitter } from 'node:events';
import { Connection } from './connection.js';

/** A socket that takes, and says, what the test tells it to. */
export class FakeSocket extends EventEmitter {
  readonly written: Buffer[] = [];
  takes = true;
  destroyed = false;
  /** Whether it may go on to read. */
  listens = true;
  writableLength = 0;
  readonly log: string[] = [];
  write(bytes: Buffer | string): boolean {
    this.written.push(Buffer.from(bytes as string, 'latin1'));
    return this.takes;
  }
  pause(): void {
    this.log.push('pause');
  }
  resume(): void {
    this.log.push('resume');
  }
  destroy(): void {
    this.destroyed = true;
  }
  says(text: string): void {
    const buffer = Connection.READING.buffer as Buffer;
    // As Node calls it, and does not when the socket is destroyed.
    if (!this.destroyed) this.listens = Connection.READING.callback.call(this, buffer.write(text, 'latin1'), buffer);
  }
}
