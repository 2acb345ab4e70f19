import { EventEmitter } from 'node:events';

/** A socket that takes, and says, what the test tells it to. */
export class FakeSocket extends EventEmitter {
  readonly written: Buffer[] = [];
  takes = true;
  destroyed = false;
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
    this.emit('data', Buffer.from(text, 'latin1'));
  }
}
