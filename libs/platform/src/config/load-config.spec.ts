import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { loadConfig } from './load-config.js';
import { databaseUrlVariable, portVariable } from './variables.js';

const Schema = z.object({ PORT: portVariable.default(1), DATABASE_URL: databaseUrlVariable, SECRET: z.string().min(8).optional() });
const url = 'postgres://user:password@host/db';

describe('loadConfig', () => {
  it('names what is missing or bad and never prints a value', () => {
    const read = () => loadConfig(Schema, { PORT: '99999', DATABASE_URL: 'mysql://root:hunter2@host', SECRET: 'short' });
    expect(read).toThrow(/PORT is not valid.*DATABASE_URL is not valid.*SECRET is not valid/);
    expect(read).not.toThrow(/hunter2|short|99999/);
    expect(() => loadConfig(Schema, {})).toThrow('DATABASE_URL is missing');
  });

  it('reads any variable from the file that NAME_FILE names, without its last line break', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'byok-config-')), 'secret');
    writeFileSync(file, 'from-a-file\n');
    expect(loadConfig(Schema, { DATABASE_URL: url, SECRET_FILE: file }).SECRET).toBe('from-a-file');
    expect(() => loadConfig(Schema, { DATABASE_URL: url, SECRET: 'in-the-open', SECRET_FILE: file })).toThrow('not both');
    expect(() => loadConfig(Schema, { DATABASE_URL: url, SECRET_FILE: '/nowhere' })).toThrow('SECRET_FILE');
  });

  it('takes an empty value as not set', () => {
    expect(loadConfig(Schema, { DATABASE_URL: url, PORT: '' }).PORT).toBe(1);
  });
});
