import type { Kms } from '@byok/envelope';
import type { Clock } from '@byok/kernel';
import { makeDialer, StartRefused } from '@byok/platform';

import { awsKms } from './aws-kms.js';
import type { AwsKmsOptions } from './aws-kms.js';
import { azureKms } from './azure-kms.js';
import type { AzureKmsOptions } from './azure-kms.js';
import { gcpKms } from './gcp-kms.js';
import type { GcpKmsOptions } from './gcp-kms.js';
import { guardKms } from './guard-kms.js';
import type { TransitOptions } from './transit-client.js';
import { transitKms } from './transit-kms.js';

/** How KMSs outside of this process are reached. */
export interface RemoteKmsSettings {
  clock: Clock;
  /** For one attempt at one question. */
  timeoutMs: number;
  transit?: Pick<TransitOptions, 'token' | 'namespace'> & { tls: { ca?: string; cert?: string; key?: string } };
  aws?: AwsKmsOptions['client'];
  gcp?: GcpKmsOptions['client'];
  azure?: Pick<AzureKmsOptions, 'credential' | 'client'>;
}

interface KmsKind {
  form: RegExp;
  make(uri: string, settings: RemoteKmsSettings): Kms;
}

/** One line per backend. What may stand in a name is narrow: it becomes part of a path. */
const KINDS: readonly KmsKind[] = [
  { form: /^awskms:(?:arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:)?(?:key\/[A-Za-z0-9-]+|alias\/[A-Za-z0-9/_-]+)$/, make: (uri, { timeoutMs, aws }) => awsKms(uri, { timeoutMs, ...(aws ? { client: aws } : {}) }) },
  { form: /^gcpkms:projects\/[a-z0-9.:-]+\/locations\/[a-z0-9-]+\/keyRings\/[A-Za-z0-9_-]+\/cryptoKeys\/[A-Za-z0-9_-]+$/, make: (uri, { timeoutMs, gcp }) => gcpKms(uri, { timeoutMs, ...(gcp ? { client: gcp } : {}) }) },
  { form: /^azurekv:https:\/\/[a-z0-9.-]+(?::\d{1,5})?\/keys\/[A-Za-z0-9-]+(?:\/[0-9a-z]+)?$/, make: (uri, { timeoutMs, azure }) => azureKms(uri, { timeoutMs, ...azure }) },
  // Clear text reaches an agent beside us at most: the seed is in the request.
  { form: /^vault-transit:(?:https:\/\/[a-z0-9.-]+|http:\/\/(?:127\.0\.0\.1|localhost))(?::\d{1,5})?\/[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+){1,4}$/, make: makeTransit },
];

export const REMOTE_FORMS = 'awskms:<key ARN or alias/…>, gcpkms:projects/…/cryptoKeys/…, azurekv:https://<vault>/keys/<key>, or vault-transit:https://<address>/<mount>/<key>';

/** A KMS outside of this process, guarded; undefined when the text names none. */
export function remoteKms(uri: string, settings: RemoteKmsSettings): Kms | undefined {
  const kind = KINDS.find((each) => each.form.test(uri));
  return kind && guardKms(kind.make(uri, settings), { clock: settings.clock, deadlineMs: 2.5 * settings.timeoutMs });
}

function makeTransit(uri: string, { timeoutMs, transit }: RemoteKmsSettings): Kms {
  if (!transit) throw new StartRefused('vault-transit: needs BYOK_TRANSIT_TOKEN or BYOK_TRANSIT_TOKEN_PATH.');
  const dialer = makeDialer({ exceptions: { hosts: [], networks: [] }, connectTimeoutMs: timeoutMs, tls: transit.tls });
  return transitKms(uri, { timeoutMs, dialer, token: transit.token, namespace: transit.namespace });
}
