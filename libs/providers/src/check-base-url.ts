/** What is wrong with a base URL that a tenant or the operator wrote, or null. Whether its host may be reached is the dialer's decision. */
export function checkBaseUrl(text: string): string | null {
  // Written forms that parse into something else than they look like are refused before parsing.
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(text)) return 'must be an http or https URL without spaces';
  if (/[\\?#@]|%|\/\.\.?(?:\/|$)/.test(text)) return 'must not hold a user, query, fragment, backslash, percent sign or dot segment';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // The parser's message quotes the input, so it is dropped on purpose.
    return 'must be a valid URL';
  }
  const host = text.slice(text.indexOf('//') + 2).split('/', 1)[0]!.toLowerCase();
  const isDefaultPort = host === `${url.host}:443` || host === `${url.host}:80`;
  return host === url.host || isDefaultPort ? null : 'must write its host the plain way';
}
