import { MODEL } from '../answers.js';

export const PATH = '/v1/chat/completions';

/** A chat request of about 400 bytes; with `marker` the upstream is told how to stream. */
export function smallBody(fields: object = {}, marker = ''): string {
  const content = `${marker} Write one friendly sentence about the weather in Lisbon today, for a newsletter that goes out at noon. `.trimStart();
  return JSON.stringify({ model: MODEL, ...fields, messages: [{ role: 'system', content: 'You are a careful assistant who answers in plain words and never makes things up.' }, { role: 'user', content: content.repeat(2) }], temperature: 0.2 });
}

/** A conversation of about `bytes` bytes with what real prompts have in them: line breaks, quotes, code, other alphabets. */
export function largeBody(bytes: number): string {
  const paragraph = 'She said "wait", then wrote:\n\tconst total = rows.map((row) => row.price * 1.19);\nPrix à Zürich: 12 €, Δ 3 %, 東京 \\ 🚲 and so on, line after line.\n';
  const message = paragraph.repeat(16);
  const messages = [];
  for (let size = 0, turn = 0; size < bytes; turn++) {
    const each = { role: turn % 2 === 0 ? 'user' : 'assistant', content: message.slice(0, Math.max(64, bytes - size)) };
    messages.push(each);
    size += Buffer.byteLength(JSON.stringify(each)) + 1;
  }
  return JSON.stringify({ model: MODEL, messages, temperature: 0.2 });
}
