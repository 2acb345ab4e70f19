import type { Command } from './command.js';
import { importEnv } from './commands/import-env.js';
import { importFile } from './commands/import-file.js';
import { pricesImport } from './commands/prices-import.js';
import { pricesList } from './commands/prices-list.js';

/** One more command is one more file and one more line. */
export const COMMANDS: readonly Command[] = [importEnv, importFile, pricesList, pricesImport];
