import { parseErrorBody } from './parse-error-body.js';
import type { Probe, ProbeOutcome, ProbeVerdict, ProviderConfig } from './provider.js';

export interface ProbeFacts {
  method?: 'GET' | 'POST';
  url?: string;
  /** Where the beginning of the key decides which request knows it. */
  urlByPrefix?: Readonly<Record<string, string>>;
  body?: string;
  contentType?: string;
  /** Where this provider's status means something else than usual. */
  byStatus?: Readonly<Record<number, ProbeOutcome>>;
  /** Codes or types in the body that mean "no money". */
  billing?: readonly string[];
  /** Codes or types, or lower-case pieces of the message, that mean "a good key that may not do this". */
  restricted?: readonly string[];
  /** Lower-case codes, types or pieces of the message that mean "no such key", where the status alone does not. */
  refused?: readonly string[];
  /** Looks into a 2xx answer; undefined means valid. */
  whenOk?: (answer: unknown, config: ProviderConfig) => Partial<ProbeVerdict> | undefined;
  /** Added to "invalid", where something else than a wrong key causes it too. */
  hintWhenInvalid?: string;
  /** True when the list is public, so that a 200 says nothing about the key. */
  provesNothing?: boolean;
}

const MESSAGES: Record<ProbeOutcome, string> = {
  valid: 'The provider accepted the key.',
  invalid: 'The provider refused the key.',
  'no-permission': 'The provider knows the key but does not let it do this. It may still serve calls, if it is restricted on purpose.',
  'no-credit': 'The key is good, but its account has no credit or has reached a spending cap.',
  'rate-limited': 'The provider is limiting this key at the moment. Try again later.',
  unreachable: 'The provider did not answer properly. Nothing is known about the key; try again later.',
  unverified: 'The provider answered, but its answer neither proves nor disproves the key.',
};

/** A probe from its facts: `GET {base}/models` unless said otherwise. */
export function probeOf(facts: ProbeFacts): Probe {
  return {
    method: facts.method ?? 'GET',
    url: facts.url ?? '/models',
    urlByPrefix: facts.urlByPrefix ?? {},
    ...(facts.body === undefined ? {} : { body: facts.body, contentType: facts.contentType ?? 'application/json' }),
    classify: (status, body, config = {}) => {
      const verdict = judge(facts, status, body, config);
      const hint = verdict.outcome === 'invalid' && facts.hintWhenInvalid !== undefined ? ` ${facts.hintWhenInvalid}` : '';
      return { ...verdict, message: (verdict.message ?? MESSAGES[verdict.outcome]) + hint };
    },
  };
}

type Judgement = Pick<ProbeVerdict, 'outcome'> & Partial<ProbeVerdict>;

function judge(facts: ProbeFacts, status: number, body: string, config: ProviderConfig): Judgement {
  if (status >= 200 && status < 300) return judgeOk(facts, body, config);
  const { codes, message } = parseErrorBody(body);
  const text = message?.toLowerCase() ?? '';
  if (facts.billing?.some((code) => codes.includes(code))) return { outcome: 'no-credit' };
  if (facts.refused?.some((code) => codes.some((each) => each.toLowerCase() === code) || text.includes(code))) return { outcome: 'invalid' };
  if (facts.restricted?.some((code) => codes.includes(code) || text.includes(code))) return { outcome: 'no-permission' };
  return { outcome: facts.byStatus?.[status] ?? outcomeOfStatus(status) };
}

function judgeOk(facts: ProbeFacts, body: string, config: ProviderConfig): Judgement {
  if (facts.provesNothing) return { outcome: 'unverified', message: 'The provider answers this to everybody, so the key is not proved. The first call will tell.' };
  if (!facts.whenOk) return { outcome: 'valid' };
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    // The parser's message may quote the answer, so it is dropped on purpose.
    return { outcome: 'unverified', message: 'The provider answered with something that is not JSON.' };
  }
  return { outcome: 'valid', ...facts.whenOk(answer, config) };
}

function outcomeOfStatus(status: number): ProbeOutcome {
  if (status === 401) return 'invalid';
  if (status === 402) return 'no-credit';
  if (status === 403) return 'no-permission';
  if (status === 429) return 'rate-limited';
  return status >= 400 && status < 500 ? 'unverified' : 'unreachable';
}
