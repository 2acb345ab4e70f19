import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** A configuration that cannot be used. The message names variables and never a value. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

type Environment = Record<string, string | undefined>;

/**
 * Reads the process's environment by one typed schema. Every NAME may also come as NAME_FILE, a path whose trimmed
 * content is the value. An empty value counts as not set.
 * @throws ConfigError naming every missing or bad variable
 */
export function loadConfig<T extends z.ZodObject>(schema: T, environment: Environment = process.env): z.infer<T> {
  const values: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = readVariable(name, environment);
    if (value !== undefined) values[name] = value;
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? 'configuration');
    return values[name] === undefined ? `${name} is missing` : `${name} is not valid (${expectation(issue)})`;
  });
  throw new ConfigError(`Bad configuration: ${[...new Set(problems)].join('; ')}.`);
}

function readVariable(name: string, environment: Environment): string | undefined {
  const direct = environment[name];
  const file = environment[`${name}_FILE`];
  if (direct && file) throw new ConfigError(`Bad configuration: set ${name} or ${name}_FILE, not both.`);
  if (!file) return direct === '' ? undefined : direct;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    throw new ConfigError(`Bad configuration: the file that ${name}_FILE names cannot be read.`);
  }
}

/** What was expected, in words that cannot contain the value: zod's own messages for custom rules, its codes otherwise. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') return issue.message;
  if (issue.code === 'invalid_type') return `expected ${issue.expected}`;
  if (issue.code === 'invalid_format') return `expected ${issue.format}`;
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_small') return `at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  return issue.code;
}
