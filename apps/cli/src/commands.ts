import type { Command } from './command.js';
import { auditExport } from './commands/audit-export.js';
import { auditVerify } from './commands/audit-verify.js';
import { doctor } from './commands/doctor.js';
import { importEnv } from './commands/import-env.js';
import { importFile } from './commands/import-file.js';
import { keysRewrap } from './commands/keys-rewrap.js';
import { keysRotate } from './commands/keys-rotate.js';
import { keysVerify } from './commands/keys-verify.js';
import { pricesImport } from './commands/prices-import.js';
import { pricesList } from './commands/prices-list.js';

/** One more command is one more file and one more line. */
export const COMMANDS: readonly Command[] = [doctor, importEnv, importFile, keysRotate, keysRewrap, keysVerify, pricesList, pricesImport, auditVerify, auditExport];
