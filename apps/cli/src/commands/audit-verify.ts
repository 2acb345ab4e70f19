import type { AuditVerification } from '@byok/contracts';
import type { Command } from '../command.js';
import { orgOf } from '../org-of.js';
import { Refused } from '../refusals.js';

/** Walks both hash chains of an org; names the first bad row and ends with 1 when there is one. */
export const auditVerify: Command = {
  name: 'audit verify',
  usage: 'audit verify [--org <id>]',
  summary: 'prove that no audit row was changed, removed, put in between or cut off',
  options: { org: { type: 'string' } },
  words: 0,
  run: async ({ api, options, print }) => {
    const org = await orgOf({ api, options });
    const found = await api.call<AuditVerification>('GET', `/api/orgs/${encodeURIComponent(org)}/audit/verify`);
    for (const [chain, check] of Object.entries({ identity: found.identity, vault: found.vault })) {
      if (!check) continue;
      print(`${check.ok ? '✔' : '✘'} ${chain}: ${check.rows} rows${check.ok ? '' : `, the first bad one is ${check.firstBadSequence}: ${check.reason}`}`);
    }
    if (!found.ok) throw new Refused('The audit trail was tampered with. Keep the database as it is and compare with the last backup.');
  },
};
