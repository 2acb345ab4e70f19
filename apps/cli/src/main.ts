#!/usr/bin/env node
import { ConfigError, loadConfig } from '@byok/platform';
import { openAdminApi } from './admin-api.js';
import { CliConfig } from './config.js';
import { Refused, UsageError } from './refusals.js';
import { runCli } from './run-cli.js';

const EXIT_REFUSED = 1;
const EXIT_USAGE = 2;

try {
  await runCli(process.argv.slice(2), { connect: () => openAdminApi(loadConfig(CliConfig)), print: (text) => void process.stdout.write(`${text}\n`) });
} catch (error) {
  if (!(error instanceof Refused || error instanceof UsageError || error instanceof ConfigError)) throw error;
  process.stderr.write(`byok: ${error.message}\n`);
  process.exitCode = error instanceof Refused ? EXIT_REFUSED : EXIT_USAGE;
}
