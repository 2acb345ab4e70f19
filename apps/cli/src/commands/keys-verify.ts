import type { AuditVerification, Key, Page, Rotation } from '@byok/contracts';
import type { Command } from '../command.js';
import { everyPage } from '../every-page.js';
import { orgOf } from '../org-of.js';
import { Refused } from '../refusals.js';
import { table } from '../table.js';

/** Holds each key against its history, without opening any: rows put back, swapped or changed, and those that no data key opens. */
export const keysVerify: Command = {
  name: 'keys verify',
  usage: 'keys verify [--org <id>]',
  summary: 'find keys that were changed behind our back, or that nothing opens any more',
  options: { org: { type: 'string' } },
  words: 0,
  run: async ({ api, options, print }) => {
    const org = await orgOf({ api, options });
    const place = `/api/orgs/${encodeURIComponent(org)}`;
    const { vault } = await api.call<AuditVerification>('GET', `${place}/audit/verify`);
    const { total, undecryptable } = await api.call<Rotation>('GET', `${place}/encryption/rotation`);
    const lost = (await everyPage((after) => api.call<Page<Key>>('GET', `/api/keys?limit=200&status=undecryptable${after}`))).filter((key) => key.orgId === org);
    if (lost.length > 0) print(table([['KEY', 'PROVIDER', 'LABEL', 'WHY'], ...lost.map((key) => [key.id, key.provider, key.label, key.statusReason ?? ''])]));
    print(`${total} sealed values can be opened, ${undecryptable} cannot.`);
    if (vault && !vault.ok) throw new Refused(`The vault's record does not agree with its keys at row ${vault.firstBadSequence}: ${vault.reason}`);
    if (undecryptable > 0) throw new Refused('Enter those keys again: nothing here opens them.');
  },
};
