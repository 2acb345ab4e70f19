import type { ParseArgsOptionsConfig } from 'node:util';
import type { AdminApi } from './admin-api.js';

export interface CommandInput {
  api: AdminApi;
  /** What stands after the command's name and is no option. */
  words: readonly string[];
  options: Readonly<Record<string, string | boolean | undefined>>;
  print(text: string): void;
}

export interface Command {
  /** Its words, such as `prices list`. */
  name: string;
  usage: string;
  summary: string;
  options: ParseArgsOptionsConfig;
  /** How many words it takes after its name. */
  words: number;
  run(input: CommandInput): Promise<void>;
}
