// `byok backup` and `byok restore`: a whole installation of `npm start` into a folder, back out of it, and the proof that it can be.
import { ConfigError, StartRefused, loadConfig } from '@byok/platform';
import { parseArgs } from 'node:util';
import { StandaloneConfig } from '../config.js';
import { drill } from './drill.js';
import { putBack } from './put-back.js';
import { takeBackup } from './take-backup.js';

const USAGE = `Usage:
  byok backup <folder> [--data-dir <dir>] [--with-keyring]
  byok restore <folder> --to <dir> [--keyring <file>] [--tombstones <file>]
  byok restore <folder> --drill [--keyring <file>]`;
const OPTIONS = { 'data-dir': { type: 'string' }, 'with-keyring': { type: 'boolean' }, to: { type: 'string' }, keyring: { type: 'string' }, tombstones: { type: 'string' }, drill: { type: 'boolean' } } as const;
const EXIT_REFUSED = 1;
const EXIT_USAGE = 2;

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StartRefused || error instanceof ConfigError)) throw error;
  process.stderr.write(`byok: ${error.message}\n`);
  process.exitCode = EXIT_REFUSED;
}

async function run(words: string[]): Promise<number> {
  const asked = parse(words);
  if (!asked) {
    process.stderr.write(`${USAGE}\n`);
    return EXIT_USAGE;
  }
  const { verb, folder, options } = asked;
  const config = loadConfig(StandaloneConfig.pick({ BYOK_DATA_DIR: true, PATH: true }));
  if (verb === 'backup') {
    const { files, hasKeyring } = await takeBackup({ dataDirectory: options['data-dir'] ?? config.BYOK_DATA_DIR, to: folder, withKeyring: options['with-keyring'] === true, say });
    say(`${folder}: ${Object.keys(files).length} files. ${hasKeyring ? 'The keyring is in it: whoever has this folder has every key.' : 'The keyring is NOT in it. Keep it elsewhere: without it no key can be opened.'}`);
    return 0;
  }
  if (options.to !== undefined) {
    const { takenAt } = await putBack({ backup: folder, to: options.to, keyring: options.keyring, tombstones: options.tombstones });
    say(`${options.to} is the installation of ${takenAt}. Start it with BYOK_DATA_DIR=${options.to}.`);
    return 0;
  }
  const findings = await drill({ backup: folder, keyring: options.keyring, path: config.PATH });
  for (const { what, fault } of findings) say(fault === undefined ? `✔ ${what}` : `✘ ${what}: ${fault}`);
  return findings.every(({ fault }) => fault === undefined) ? 0 : EXIT_REFUSED;
}

/** A verb, a folder and what goes with the verb; undefined when it is anything else. */
function parse(words: string[]) {
  try {
    const { values: options, positionals } = parseArgs({ args: words, allowPositionals: true, options: OPTIONS });
    const [verb, folder, ...more] = positionals;
    const isWhole = verb === 'backup' || (verb === 'restore' && (options.drill === true) !== (options.to !== undefined));
    return isWhole && folder !== undefined && more.length === 0 ? { verb, folder, options } : undefined;
  } catch (error) {
    if (String((error as { code?: string }).code).startsWith('ERR_PARSE_ARGS')) return undefined;
    throw error;
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
