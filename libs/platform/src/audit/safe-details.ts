const MAX_DETAIL = 200;
const MAX_LIST = 100;
const WITHHELD = '[withheld]';

/** Our own ids say nothing: they are kept whole. */
const OUR_ID = /^[a-z]{3}_[0-9a-f]{32}$/;
/** What could be a secret in a text: our ids as one piece, else an unbroken run of letters and digits, percent signs of URL encoding included. */
const RUN = /(?<![A-Za-z0-9])[a-z]{3}_[0-9a-f]{32}(?![A-Za-z0-9])|[A-Za-z0-9%]{16,}/g;
/** What providers begin their keys with, and ourselves a token: the rest goes, however short its runs are. */
const BEGINNING_OF_KEY = /\b(?:(?:sk|pk|rk|xai|gsk|hf|pplx|r8|csk|fw|nvapi|AIza|AKIA|ASIA|ya29|byok_live|Bearer|Basic)(?=[-_. ]|[A-Za-z0-9]{12}))[-_. ]?[^\s"',;]{8,}/g;

/**
 * A text as it may stand in an audit row: names, ids, words, times, amounts. What looks like a secret is withheld, wherever it came from:
 * somebody pastes a key into a label, a reason or a path, and the audit is read by more people than the key is for.
 */
export function withoutSecrets(text: string): string {
  return text.replace(BEGINNING_OF_KEY, WITHHELD).replace(RUN, (run) => (OUR_ID.test(run) || !looksRandom(run) ? run : WITHHELD)).slice(0, MAX_DETAIL);
}

/** Letters mixed with digits, digits too many for an amount or a time, or letters too many for a word. */
function looksRandom(run: string): boolean {
  return (/[A-Za-z]/.test(run) && /[0-9]/.test(run)) || /[0-9]{16}/.test(run) || run.length >= 32;
}

/**
 * The details of a row, by allow-list: texts, numbers, booleans, null and lists of texts. Whatever else it is given (objects, buffers, URLs, errors, dates)
 * is not written, nor searched for something to write.
 */
export function safeDetails(details: Readonly<Record<string, unknown>> = {}): string {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(details)) {
    const fact = factOf(value);
    if (fact !== undefined) safe[withoutSecrets(name)] = fact;
  }
  return JSON.stringify(safe);
}

function factOf(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecrets(value);
  if (Array.isArray(value)) return value.filter((each) => typeof each === 'string').slice(0, MAX_LIST).map(withoutSecrets);
  // A number that is too large for a count is a card or an account, or a secret that somebody read as one.
  if (typeof value === 'number') return Number.isSafeInteger(value) || Math.abs(value) < 1e15 ? value : undefined;
  return value === null || typeof value === 'boolean' ? value : undefined;
}
