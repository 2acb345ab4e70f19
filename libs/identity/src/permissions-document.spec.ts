import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnerType } from '@byok/kernel';
import { holdersOf, PERMISSION_HOLDERS, PERMISSIONS, type Holder, type Permission } from './permissions.js';

const DOCUMENT = join(import.meta.dirname, '../../../docs/permissions.md');
const HOLDERS: readonly Holder[] = ['owner', 'admin', 'billing', 'auditor', 'member', 'group-admin', 'group-member', 'self', 'operator'];
const OWNERS: readonly OwnerType[] = ['user', 'group', 'org', 'platform'];

const HEAD = `# Who may do what

Written from \`libs/identity/src/permissions.ts\` by \`permissions-document.spec.ts\`, which fails when the two differ
(\`BYOK_WRITE_DOCS=1\` writes this page anew). \`apps/admin-api/src/access/matrix.int.spec.ts\` asks every route of the OpenAPI as everybody
named here and expects what this table says.

- **owner … member** are roles in the organisation of the thing. **group-admin** and **group-member** stand in the group that it belongs to.
  **self** is the user whom it belongs to. **operator** runs the platform, and is in every organisation where the table says so.
- Where a permission has several lines, it is about things of that owner: a user's, a group's, the organisation's, the platform's.
- A token may do what its management scopes name *and* its user may. A service does what its scopes name as an admin of the group or
  organisation that it was made for, never as an owner or the operator.
- Nobody makes an owner or changes one but an owner.
- What is another organisation's is not found (404); what is one's own and not allowed is refused (403).
`;

const row = (name: string, holders: readonly Holder[]): string => `| ${[name, ...HOLDERS.map((holder) => (holders.includes(holder) ? '✔' : ''))].join(' | ')} |`;

function linesOf(permission: Permission): string[] {
  if (Array.isArray(PERMISSION_HOLDERS[permission])) return [row(`\`${permission}\``, holdersOf(permission))];
  return OWNERS.filter((owner) => holdersOf(permission, owner).length > 0).map((owner) => row(`\`${permission}\` of ${owner}`, holdersOf(permission, owner)));
}

function renderDocument(): string {
  const head = [`| permission | ${HOLDERS.join(' | ')} |`, `|---|${HOLDERS.map(() => ':-:').join('|')}|`];
  return `${HEAD}\n${[...head, ...PERMISSIONS.flatMap(linesOf)].join('\n')}\n`;
}

it('docs/permissions.md is the matrix', async () => {
  const document = renderDocument();
  if (process.env['BYOK_WRITE_DOCS']) await writeFile(DOCUMENT, document);
  expect(await readFile(DOCUMENT, 'utf8')).toBe(document);
});
