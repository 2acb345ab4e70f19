import { z } from 'zod';
import { ConfigError, loadConfig } from './load-config.js';

const ProcessVariables = z.object({
  NODE_OPTIONS: z.string().default(''),
  NODE_DEBUG: z.string().optional(),
  NODE_DEBUG_NATIVE: z.string().optional(),
  NODE_TLS_REJECT_UNAUTHORIZED: z.string().optional(),
  /** Something below us encrypts between our machines (a mesh, a tunnel): databases may then be reached in clear. */
  BYOK_TRUSTED_NETWORK: z.stringbool().default(false),
  /** A programmer's own machine: a debugger may look in. */
  BYOK_DEVELOPMENT: z.stringbool().default(false),
});
type ProcessVariables = z.infer<typeof ProcessVariables>;

/** Flags of Node that open the process to whoever comes by, write its memory to disk or its secrets to the terminal. */
const OPENS_THE_PROCESS = /--(?:inspect|debug|heapsnapshot|heap-prof|cpu-prof|report-(?:on|uncaught|signal)|diagnostic-report|trace-tls|tls-keylog|insecure-http-parser|abort-on-uncaught-exception)/;
const VERIFIED = new Set(['require', 'verify-ca', 'verify-full']);
const DATABASES = ['DATABASE_URL', 'QUEUE_DATABASE_URL'];
const SECRETS = ['BYOK_ADMIN_PASSWORD', 'WEBHOOK_SECRET', 'METRICS_TOKEN'];
const SAMPLE = /^(?:your[-_. ]|my[-_. ]|change|example|sample|dummy|default|passw|secret|test|todo|insert|replace|admin|root|letmein|welcome|qwerty|1234|sk-1234|<)/i;

/**
 * Reads a service's configuration and refuses one that must not run: secrets from documentation, databases in clear over a network,
 * certificates that are not verified, a process that anybody may look into.
 * @throws ConfigError naming the variables and never a value
 */
export function loadServiceConfig<T extends z.ZodObject>(schema: T, environment?: Record<string, string | undefined>, flags: readonly string[] = process.execArgv): z.infer<T> {
  const config = loadConfig(schema, environment);
  const around = loadConfig(ProcessVariables, environment);
  const problems = [...faultsOfProcess(around, flags), ...faultsOfValues(config as Record<string, unknown>, around)];
  if (problems.length > 0) throw new ConfigError(`Refused configuration: ${problems.join('; ')}.`);
  return config;
}

function faultsOfProcess(around: ProcessVariables, flags: readonly string[]): string[] {
  const problems: string[] = [];
  if (around.NODE_TLS_REJECT_UNAUTHORIZED === '0') problems.push('NODE_TLS_REJECT_UNAUTHORIZED turns the verification of certificates off');
  if (around.BYOK_DEVELOPMENT) return problems;
  if (around.NODE_DEBUG !== undefined || around.NODE_DEBUG_NATIVE !== undefined) problems.push('NODE_DEBUG prints what is sent, keys among it (BYOK_DEVELOPMENT=true allows it)');
  if (OPENS_THE_PROCESS.test([around.NODE_OPTIONS, ...flags].join(' '))) problems.push('NODE_OPTIONS or a flag of node opens this process to debuggers or writes its memory out (BYOK_DEVELOPMENT=true allows it)');
  return problems;
}

function faultsOfValues(config: Record<string, unknown>, around: ProcessVariables): string[] {
  const textOf = (name: string): string | undefined => (typeof config[name] === 'string' ? config[name] : undefined);
  const samples = SECRETS.filter((name) => isSample(textOf(name))).map((name) => `${name} looks like a sample from documentation`);
  const databases = DATABASES.filter((name) => !isPrivate(textOf(name), around) || hasMode(textOf(name), 'no-verify')).map((name) => `${name} leads over a network without TLS: add sslmode=verify-full, or set BYOK_TRUSTED_NETWORK=true where the network itself encrypts`);
  return [...samples, ...databases, ...faultsOfRedis(textOf('REDIS_URL'), around)];
}

function isSample(text: string | undefined): boolean {
  if (text === undefined) return false;
  const kinds = new Set(text).size;
  // What was drawn may begin with a word by chance.
  const isDrawn = kinds >= 15 && /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text);
  return kinds < 6 || (!isDrawn && SAMPLE.test(text));
}

function isPrivate(text: string | undefined, around: ProcessVariables): boolean {
  const url = parse(text);
  return !url || isThisMachine(url) || around.BYOK_TRUSTED_NETWORK || VERIFIED.has(url.searchParams.get('sslmode') ?? '');
}

function hasMode(text: string | undefined, mode: string): boolean {
  return parse(text)?.searchParams.get('sslmode') === mode;
}

function faultsOfRedis(text: string | undefined, around: ProcessVariables): string[] {
  const url = parse(text);
  if (!url || isThisMachine(url)) return [];
  const problems = url.password === '' ? ['REDIS_URL has no password'] : [];
  if (url.protocol !== 'rediss:' && !around.BYOK_TRUSTED_NETWORK) problems.push('REDIS_URL leads over a network without TLS: use rediss://, or set BYOK_TRUSTED_NETWORK=true where the network itself encrypts');
  return problems;
}

/** Loopback, or a socket in the file system, which PostgreSQL's URLs put into `host`. */
function isThisMachine(url: URL): boolean {
  const host = url.searchParams.get('host') ?? url.hostname;
  return host === '' || host.startsWith('/') || /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host);
}

function parse(text: string | undefined): URL | undefined {
  return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}
