import fc from 'fast-check';
import { appendAudit, type AuditEntry } from './audit-chain.js';
import { safeDetails, withoutSecrets } from './safe-details.js';

const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];
const random = (min: number, max: number) => fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: min, maxLength: max });
/** A key as providers make them; digits alone as well. */
const canary = fc.oneof(
  fc.tuple(fc.constantFrom('sk-', 'sk-proj-', 'sk-ant-api03-', 'xai-', 'gsk_', 'hf_', 'AIza', 'AKIA', 'r8_', ''), random(20, 60)).filter(([, text]) => /\d/.test(text) && /[A-Za-z]/.test(text)).map((parts) => parts.join('')),
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 18, maxLength: 40 }).map((digits) => `9${digits}`),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 64 }).filter((hex) => /\d/.test(hex) && /[a-f]/.test(hex)),
);

const formsOf = (secret: string): string[] => [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('base64url'), Buffer.from(secret).toString('hex'), encodeURIComponent(secret)];
/** Every way in which a secret may stand in what a careless caller hands over. */
const carriersOf = (secret: string): unknown[] => [
  ...formsOf(secret),
  `Bearer ${secret}`,
  `the key is ${secret}, sorry`,
  `https://user:${secret}@host.example/?key=${encodeURIComponent(secret)}`,
  new URL(`https://host.example/?key=${secret}`),
  Buffer.from(secret),
  new Uint8Array(Buffer.from(secret)),
  Number(secret),
  [secret],
  [[secret]],
  { apiKey: secret },
  { deep: [{ deeper: { toJSON: () => secret } }] },
  new Error(secret),
  new Map([[secret, secret]]),
  Object.assign(() => secret, { secret }),
];

/** 12 characters in a row of any form: nothing that helps to guess the rest. */
function leaks(text: string, secret: string): boolean {
  return formsOf(secret).some((form) => Array.from({ length: form.length - 11 }, (_, at) => form.slice(at, at + 12)).some((piece) => text.includes(piece)));
}

async function rowsOf(entry: unknown): Promise<string> {
  const written: unknown[] = [];
  const tx = {
    query: async (sql: string, values: readonly unknown[] = []) => {
      if (sql.startsWith('INSERT INTO vault.audit (')) written.push(...values);
      return (sql.startsWith('SELECT') ? [{ sequence: '0', hash: Buffer.alloc(32), at: '2026-01-01T00:00:00.000Z' }] : []) as never;
    },
  };
  await appendAudit(tx, 'vault.audit', entry as AuditEntry);
  return written.map(String).join('\n');
}

describe('the details of an audit row', () => {
  it('D09 hold no secret, in whatever shape and however deep it was handed over', async () => {
    const entry = canary.chain((secret) => {
      const carrier = fc.constantFrom(...carriersOf(secret));
      const { value } = fc.letrec<{ value: unknown }>((tie) => ({
        value: fc.oneof({ maxDepth: 4 }, { weight: 3, arbitrary: carrier }, fc.string(), fc.integer(), fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(fc.oneof(fc.constantFrom('label', 'reason', 'apiKey'), fc.constant(secret)), tie('value'), { maxKeys: 4 })),
      }));
      return fc.record({ secret: fc.constant(secret), targetId: fc.constantFrom(secret, `key/${secret}`, 'key_1'), details: fc.dictionary(fc.oneof(fc.constantFrom('label', 'changed', 'reason', 'model'), fc.constant(secret)), value, { minKeys: 1, maxKeys: 6 }) });
    });
    await fc.assert(
      fc.asyncProperty(entry, async ({ secret, ...rest }) => {
        const row = await rowsOf({ orgId: 'org_1', action: 'key.create', actorId: 'usr_1', outcome: 'allowed', ...rest });
        expect([secret, row, leaks(row, secret)]).toEqual([secret, row, false]);
      }),
      { numRuns: 500 },
    );
  });

  it('still say what happened: ids, models, times, amounts, routes and sentences stand as they are', () => {
    const details = {
      requestId: 'req_0192f0c1d2e37a4b8c9d0e1f2a3b4c5d', model: 'meta-llama/Llama-3.3-70B-Instruct-Turbo', models: ['gpt-4o-mini-2024-07-18', 'claude-sonnet-4-5-20250929', 'us.anthropic.claude-3-5-sonnet-20241022-v2:0'],
      at: '2026-11-21T15:37:36.123Z', amountUsd: '1234567.123456789', route: '/api/orgs/:org/groups/:group/members/:user', reason: 'The customer asked for it (ticket 4711), risk-averse as they are.', kek: 'awskms:arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab', count: 12, ok: true, none: null,
    };
    expect(JSON.parse(safeDetails(details))).toEqual(details);
  });

  it('are cut to a length that a row can hold', () => {
    expect(withoutSecrets('word '.repeat(100))).toHaveLength(200);
  });
});
