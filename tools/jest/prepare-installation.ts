// Run by tools/jest/prepare-stories.ts: starts the built product for the first time, stops it, and says where it left its data.
import { chmod, mkdir } from 'node:fs/promises';
import { preparedFolder } from '../../e2e/support/prepared-installation.js';
import { startStandalone } from '../../e2e/support/start-standalone.js';

const folder = preparedFolder(process.ppid);
await mkdir(folder);
// PostgreSQL's own user must be able to pass through when the tests run as root.
await chmod(folder, 0o711);
const standalone = await startStandalone({ folder });
await standalone.stop({ isKept: true });
process.stdout.write(folder);
process.exit(0);
