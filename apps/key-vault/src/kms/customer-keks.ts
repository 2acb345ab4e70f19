import type { Kms } from '@byok/envelope';
import type { OrgId } from '@byok/kernel';
import { StartRefused } from '@byok/platform';
import { LRUCache } from 'lru-cache';

import { remoteKms } from './remote-kms.js';
import type { RemoteKmsSettings } from './remote-kms.js';

/** KEKs that orgs may bring, as far as the operator allows. */
export interface CustomerKeks {
  /** The KMS of a KEK that this org may use (without an org: that some org may); undefined when it may not. */
  at(kekUri: string, orgId?: OrgId): Kms | undefined;
}

const MAX_KMSS = 1_000;
const ANY_ORG = 'org_[0-9a-f]{32}';
/** Whoever chooses the host chooses where our token goes, so a pattern says it: whole, or up to the provider's own domain. */
const SAYS_HOST = /^(?:awskms:|gcpkms:|(?:azurekv|vault-transit):https?:\/\/(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d+)?\/)/;

/**
 * Reads `BYOK_ORG_KEKS`: patterns of KEK URIs, comma separated. `*` stands for letters, digits and `_-`, at the end for any
 * rest; `{org}` for the org's id, which keeps one org from naming the key of another.
 */
export function customerKeks(patterns: string | undefined, settings: RemoteKmsSettings): CustomerKeks {
  const allowed = (patterns ?? '').split(',').map((each) => each.trim()).filter(Boolean);
  for (const [index, pattern] of allowed.entries()) {
    if (!SAYS_HOST.test(pattern)) throw new StartRefused(`BYOK_ORG_KEKS: entry ${index + 1} must begin with awskms:, gcpkms:, azurekv:https://<host>/ or vault-transit:https://<host>/.`);
  }
  const kmss = new LRUCache<string, Kms>({ max: MAX_KMSS });
  return {
    at: (kekUri, orgId) => {
      if (!allowed.some((pattern) => asExpression(pattern, orgId ?? ANY_ORG).test(kekUri))) return undefined;
      const kms = kmss.get(kekUri) ?? remoteKms(kekUri, settings);
      if (kms) kmss.set(kekUri, kms);
      return kms;
    },
  };
}

function asExpression(pattern: string, org: string): RegExp {
  const isOpen = pattern.endsWith('*') || /^(awskms|gcpkms):$/.test(pattern) || pattern.endsWith('/');
  const literal = pattern.replace(/\*$/, '').replaceAll(/[.+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '[A-Za-z0-9_-]+').replaceAll('{org}', org)}${isOpen ? '.+' : ''}$`);
}
