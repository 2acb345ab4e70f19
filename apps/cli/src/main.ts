#!/usr/bin/env node
import { fork } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, loadConfig } from '@byok/platform';
import { openAdminApi } from './admin-api.js';
import { CliConfig } from './config.js';
import { Refused, UsageError } from './refusals.js';
import { runCli } from './run-cli.js';

const EXIT_REFUSED = 1;
const EXIT_USAGE = 2;

// What works on the files of an installation instead of through admin-api is the standalone's own program.
const OF_STANDALONE = ['backup', 'restore'];

const words = process.argv.slice(2);
try {
  if (OF_STANDALONE.includes(words[0] ?? '')) process.exitCode = await runStandalone(words);
  else await runCli(words, { connect: () => openAdminApi(loadConfig(CliConfig)), print: (text) => void process.stdout.write(`${text}\n`) });
} catch (error) {
  if (!(error instanceof Refused || error instanceof UsageError || error instanceof ConfigError)) throw error;
  process.stderr.write(`byok: ${error.message}\n`);
  process.exitCode = error instanceof Refused ? EXIT_REFUSED : EXIT_USAGE;
}

function runStandalone(its: readonly string[]): Promise<number> {
  const own = fileURLToPath(import.meta.url);
  const child = fork(join(own, '..', '..', '..', 'standalone', basename(dirname(own)), 'backup', basename(own)), its);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? EXIT_REFUSED)));
}
