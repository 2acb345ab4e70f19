import { NOT_IN_A_VALUE } from '../../header-value.js';

/** What a request says beside what its caller gives: where one request ends and the next begins is decided here alone. */
const OURS = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade', 'expect', 'te', 'trailer']);
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NOT_IN_A_PATH = /[^\x21-\x7e\x80-\xff]/;

/** Names that were looked at before: they come from the catalogue, so they are few. */
const KNOWN_NAMES = new Set<string>();
const MAX_KNOWN_NAMES = 1_000;

/**
 * The head of a request, to be written as latin1. A body's length is always told, so no server has to guess where it ends.
 * @throws Error for what cannot be sent; it quotes no value
 */
export function requestHead(method: 'GET' | 'POST', path: string, host: string, headers: readonly string[], bodyBytes: number): string {
  if (path.charCodeAt(0) !== 47 || NOT_IN_A_PATH.test(path)) throw new Error('The path of a request cannot be sent.');
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!;
    const value = headers[index + 1];
    if (!KNOWN_NAMES.has(name)) checkName(name);
    if (value === undefined || NOT_IN_A_VALUE.test(value)) throw new Error(`The header ${name} of a request cannot be sent.`);
    head += `${name}: ${value}\r\n`;
  }
  return method === 'POST' || bodyBytes > 0 ? `${head}content-length: ${bodyBytes}\r\n\r\n` : `${head}\r\n`;
}

function checkName(name: string): void {
  if (!NAME.test(name)) throw new Error('A header of a request has a name that cannot be sent.');
  if (OURS.has(name.toLowerCase())) throw new Error(`The header ${name} is not a caller's to set.`);
  if (KNOWN_NAMES.size < MAX_KNOWN_NAMES) KNOWN_NAMES.add(name);
}
