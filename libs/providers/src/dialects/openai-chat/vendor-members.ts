import type { Found } from '../../find-usage.js';

/** Members of a message, not of the answer around it, that the form has no place for. */
const OF_MESSAGE = ['annotations', 'audio', 'images'] as const;

/** What every answer has, what says the same as something else, and what only fills up bytes. */
const OF_ANSWER: ReadonlySet<string> = new Set(['id', 'object', 'created', 'model', 'choices', 'usage', 'error', 'x_groq', 'obfuscation']);

/** What the answer, or a piece of one, tells besides. */
export function vendorOfAnswer(answer: Found): [string, unknown][] {
  return Object.entries(answer).filter(([name, value]) => !OF_ANSWER.has(name) && value !== null && value !== undefined && !isOfMessage(name));
}

export function vendorOfMessage(message: Found): [string, unknown][] {
  return OF_MESSAGE.filter((name) => Object.hasOwn(message, name) && !isEmpty(message[name])).map((name) => [name, message[name]]);
}

/** Members for the answer and for its first message. A vendor's name for something of ours does not overwrite it. */
export function writeVendor(vendor: Readonly<Record<string, unknown>>): { ofAnswer: object; ofMessage: object } {
  const entries = Object.entries(vendor).filter(([name]) => !OF_ANSWER.has(name));
  return { ofAnswer: Object.fromEntries(entries.filter(([name]) => !isOfMessage(name))), ofMessage: Object.fromEntries(entries.filter(([name]) => isOfMessage(name))) };
}

function isOfMessage(name: string): boolean {
  return (OF_MESSAGE as readonly string[]).includes(name);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
