import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Command } from '../command.js';
import { orgOf } from '../org-of.js';
import { UsageError } from '../refusals.js';

const FORMATS = ['ndjson', 'csv'];

/** Every row of both chains as a file; that it was taken is itself a row. A file that was not finished is removed. */
export const auditExport: Command = {
  name: 'audit export',
  usage: 'audit export <file> [--org <id>] [--format ndjson|csv]',
  summary: 'write every audit row to a file',
  options: { org: { type: 'string' }, format: { type: 'string' } },
  words: 1,
  run: async ({ api, words: [file], options, print }) => {
    const format = String(options['format'] ?? 'ndjson');
    if (!FORMATS.includes(format)) throw new UsageError(`--format is ${FORMATS.join(' or ')}.`);
    const org = await orgOf({ api, options });
    const rows = await api.download(`/api/orgs/${encodeURIComponent(org)}/audit/export?format=${format}`);
    try {
      await pipeline(rows, createWriteStream(file!, { mode: 0o600, flags: 'wx' }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new UsageError(`${file} exists already.`);
      await rm(file!, { force: true });
      throw error;
    }
    print(`${file} holds the audit trail of ${org}.`);
  },
};
