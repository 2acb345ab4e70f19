import { parseArgs } from 'node:util';
import type { AdminApi } from './admin-api.js';
import type { Command } from './command.js';
import { COMMANDS } from './commands.js';
import { UsageError } from './refusals.js';
import { table } from './table.js';

/** Run by apps/standalone: see main.ts. */
const OF_STANDALONE = [
  { usage: 'backup <folder> [--data-dir <dir>] [--with-keyring]', summary: 'copy an installation of npm start, running or not; the KEK stays out unless asked for' },
  { usage: 'restore <folder> --to <dir> | --drill [--keyring <file>]', summary: 'put it back, or prove that it can be' },
];

export interface CliDeps {
  /** Asked for only when a command runs: help needs no configuration. */
  connect(): AdminApi;
  print(text: string): void;
}

/** Finds the command that the words name and runs it. */
export async function runCli(words: readonly string[], { connect, print }: CliDeps): Promise<void> {
  if (words.length === 0 || words.includes('--help') || words[0] === 'help') return print(help());
  const command = COMMANDS.find(({ name }) => words.slice(0, name.split(' ').length).join(' ') === name);
  if (!command) throw new UsageError(`There is no such command.\n\n${help()}`);
  const { values, positionals } = parse(command, words.slice(command.name.split(' ').length));
  await command.run({ api: connect(), words: positionals, options: values as Record<string, string | boolean | undefined>, print });
}

function parse(command: Command, words: readonly string[]): { values: object; positionals: string[] } {
  try {
    const parsed = parseArgs({ args: [...words], options: command.options, allowPositionals: true });
    if (parsed.positionals.length === command.words) return parsed;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\nUsage: byok ${command.usage}`);
  }
  throw new UsageError(`Usage: byok ${command.usage}`);
}

function help(): string {
  return `Usage:\n${table([...COMMANDS, ...OF_STANDALONE].map(({ usage, summary }) => [`  byok ${usage}`, summary]))}\n\nBYOK_URL is admin-api, BYOK_TOKEN (or BYOK_TOKEN_FILE) a token with management scopes or a session's.`;
}
