import { Placed } from '../placed.js';

/** An intent that waits for its outcome: its line, and where it stands among the others. */
export class OpenIntent {
  place = 0;

  constructor(readonly line: string) {}
}

/** Intents without an outcome. */
export class OpenIntents extends Placed<OpenIntent> {
  /** All of them, as they are written. */
  lines(): string {
    return Array.from(this, ({ line }) => line).join('');
  }
}
