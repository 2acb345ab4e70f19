import { AppError } from '@byok/kernel';
import { PROVIDERS, checkSecret, classifyError, redactKey } from './index.js';
import type { Provider } from './index.js';
import { configOf } from './spec/provider-fixtures.js';
import { VENDORS } from './vendors.js';

const alive = PROVIDERS.filter(({ status }) => status.state !== 'discontinued');
const PIECES = ['a', '-', '.', 'a.', '0', 'A1_', 'sk-', '=', ' ', '\u00e9', '{"', 'https://a.', '/', 'us.', '*'];
const floods = new Map<string, string>();

/** `size` characters of a piece, written into memory once: what is measured is how long they are read. */
function flood(piece: string, size: number): string {
  const known = floods.get(`${size} ${piece}`);
  if (known !== undefined) return known;
  const text = Buffer.from(piece.repeat(Math.ceil(size / piece.length)).slice(0, size)).toString();
  floods.set(`${size} ${piece}`, text);
  return text;
}

/** The fastest of a few runs: what the machine does besides is not the pattern's fault. */
function fastest(work: () => unknown): number {
  const runs = Array.from({ length: 3 }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return Math.min(...runs);
}

function refusal(work: () => unknown): AppError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Ten times the text may take ten times as long, and a generous bit more; below that nothing can be told from noise. */
function expectLinear(what: string, of: (size: number) => () => unknown): void {
  const large = fastest(of(1_000_000));
  if (large < 20) return;
  const small = fastest(of(100_000));
  expect({ what, small, large, isLinear: large < 30 * Math.max(small, 1) }).toMatchObject({ isLinear: true });
}

describe.each(alive.map((provider) => [provider.id, provider] as const))('key formats of %s', (_id, provider) => {
  it('C05 match a megabyte of anything within 50 ms, in linear time', () => {
    const patterns = [provider.key.pattern, ...provider.ownsModel, ...provider.configFields.flatMap(({ pattern }) => pattern ?? [])];
    for (const pattern of patterns) {
      for (const piece of PIECES) {
        for (const start of ['', provider.key.prefixes[0] ?? 'https://']) {
          const text = Buffer.from(start + flood(piece, 1_000_000)).toString();
          const tenth = text.slice(0, 100_000);
          const of = (size: number) => () => pattern.test(size === 100_000 ? tenth : text);
          expect({ pattern: String(pattern), piece, isFast: fastest(of(1_000_000)) < 50 }).toMatchObject({ isFast: true });
          expectLinear(`${pattern} on ${piece}`, of);
        }
      }
    }
  });

  it('C05 are checked on a megabyte within 50 ms, secret and fields', () => {
    for (const piece of PIECES) {
      const long = flood(piece, 1_000_000);
      expect(fastest(() => refusal(() => checkSecret(provider, long, configOf(provider))))).toBeLessThan(50);
      for (const { name } of provider.configFields) expect(fastest(() => refusal(() => checkSecret(provider, 'k', { [name]: long })))).toBeLessThan(50);
    }
  });

  it('C06 take a key without its outer spaces and refuse CR, LF and NUL anywhere', () => {
    const key = `${provider.key.prefixes[0] ?? ''}A1b2C3d4E5f6G7h8I9j0A1b2C3d4E5f6G7h8I9j0`;
    if (!provider.readSecret) expect(checkSecret(provider, `  ${key} `, configOf(provider)).secret).toBe(key);
    for (const bad of ['\r', '\n', '\r\n', '\0']) {
      for (const secret of [`${key}${bad}`, `${bad}${key}`, `${key}${bad}x`]) expect(refusal(() => checkSecret(provider, secret, configOf(provider)))?.code).toBe('key_malformed');
    }
  });
});

describe('a key of another provider', () => {
  const owners = [...alive.map(({ id, name, key }) => ({ id, name, prefixes: key.prefixes })), ...VENDORS.map(({ name, keyPrefixes }) => ({ id: '', name, prefixes: keyPrefixes }))];
  const expectsOneKind = ({ auth }: Provider) => auth.kind !== 'header' || !auth.optional;

  it.each(alive.filter(expectsOneKind).map((provider) => [provider.id, provider] as const))('is named when it is stored under %s, whosever beginning it has', (id, provider) => {
    for (const owner of owners.filter((each) => each.id !== id)) {
      for (const prefix of owner.prefixes) {
        const error = refusal(() => checkSecret(provider, `${prefix}A1b2C3d4E5f6G7h8I9j0A1b2C3d4E5f6G7h8I9j0`, configOf(provider)));
        expect({ prefix, code: error?.code, names: error?.message.includes(`This looks like`) && error.message.includes(`${owner.name} key`) }).toEqual({ prefix, code: 'key_wrong_provider', names: true });
        expect(error!.message).not.toContain('A1b2C3d4');
      }
    }
  });
});

describe('words of a provider', () => {
  it('are searched for a key in linear time', () => {
    const key = flood('A1b2C3d4E5f6G7h8I9j0', 200);
    for (const piece of [...PIECES, 'A1b2C3d', 'A1b2C3d4']) expectLinear(`redaction of ${piece}`, (size) => () => redactKey(flood(piece, size), key));
  });

  it('are scrubbed of key shapes in linear time', () => {
    for (const piece of [...PIECES, 'Bearer ', 'sk-a*', 'a*']) {
      const of = (size: number) => () => classifyError(alive[0]!, 400, {}, JSON.stringify({ error: { message: flood(piece, size) } }));
      expectLinear(`scrubbing of ${piece}`, of);
      expect(fastest(of(60_000))).toBeLessThan(50);
    }
  });
});
