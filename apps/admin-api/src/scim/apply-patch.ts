import type { ScimPatch } from '@byok/contracts';
import { asScim, assertPlainFilter, PatchOp, scimRefusal } from './scim-library.js';
import { withBoolean } from './user-resource.js';

const MOST_OPERATIONS = 1_000;
const LONGEST_PATH = 500;

/** The resource after the operations, or undefined where they change nothing. */
export async function applyPatch<S extends object>({ schemas, Operations = [] }: ScimPatch, resource: S): Promise<S | undefined> {
  if (Operations.length > MOST_OPERATIONS) throw scimRefusal('tooMany', `A patch has at most ${MOST_OPERATIONS} operations.`);
  const operations = Operations.map(readable);
  return asScim(() => new PatchOp({ schemas, Operations: operations } as never).apply(resource as never) as Promise<S | undefined>);
}

type Operation = NonNullable<ScimPatch['Operations']>[number];

/** As the library takes it: what it would make a filter of is plain, and Entra's `"False"` is false. */
function readable(operation: Operation): Operation {
  const { op, path = '', value } = operation;
  if (path.length > LONGEST_PATH) throw scimRefusal('invalidPath', 'The path of an operation is too long.');
  assertPlainFilter(path);
  if (op.toLowerCase() === 'remove') assertPlainFilter(JSON.stringify(value ?? null));
  if (path.toLowerCase() === 'active') return { ...operation, value: (withBoolean({ active: value }) as { active: unknown }).active };
  return path === '' ? { ...operation, value: withBoolean(value) } : operation;
}
