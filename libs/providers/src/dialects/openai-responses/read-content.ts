import type { Found } from '../../find-usage.js';
import type { AnswerPart, AudioPart, CacheMark, FilePart, ImagePart, TextPart, UserMessage } from '../chat-form.js';
import { asObject } from '../members.js';
import { onlySet } from '../only-set.js';
import { expectList, expectObject, expectText, invalid, member, optionalText } from '../expect.js';
import { readFileData, readSource } from './read-source.js';
import { onlyAtResponses } from './refuse.js';

/** What a user says: a string, or parts. */
export function readUserContent(content: unknown, param: string): UserMessage['parts'] {
  return partsOf(content, param, readUserPart);
}

export function readSystemContent(content: unknown, param: string): TextPart[] {
  return partsOf(content, param, (part, at) => {
    if (!isText(part)) throw invalid(`${at}.type`, 'must be input_text here');
    return readText(part, at);
  });
}

/** What the model said earlier; clients write its text as input, too. */
export function readSpokenContent(content: unknown, param: string): AnswerPart[] {
  return partsOf<AnswerPart>(content, param, (part, at) => {
    if (isText(part)) return readText(part, at);
    if (member(part, 'type') === 'refusal') return { type: 'refusal', text: expectText(member(part, 'refusal'), `${at}.refusal`) };
    throw invalid(`${at}.type`, 'must be output_text or refusal here');
  });
}

/** What a function gave back. */
export function readResultContent(output: unknown, param: string): (TextPart | ImagePart | FilePart)[] {
  return partsOf(output, param, (part, at) => {
    const read = readUserPart(part, at);
    if (read.type === 'audio') throw invalid(`${at}.type`, 'must be input_text, input_image or input_file here');
    return read;
  });
}

function partsOf<Part>(content: unknown, param: string, read: (part: Found, param: string) => Part): (Part | TextPart)[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return expectList(content, param).map((part, index) => read(expectObject(part, `${param}[${index}]`), `${param}[${index}]`));
}

function readUserPart(part: Found, param: string): TextPart | ImagePart | FilePart | AudioPart {
  if (isText(part)) return readText(part, param);
  switch (member(part, 'type')) {
    case 'input_image':
      return readImage(part, param);
    case 'input_file':
      return readFile(part, param);
    case 'input_audio': {
      const audio = expectObject(member(part, 'input_audio'), `${param}.input_audio`);
      return { type: 'audio', format: expectText(member(audio, 'format'), `${param}.input_audio.format`), data: expectText(member(audio, 'data'), `${param}.input_audio.data`) };
    }
    default:
      throw invalid(`${param}.type`, 'must be input_text, input_image or input_file');
  }
}

function isText(part: Found): boolean {
  return ['input_text', 'output_text', 'text'].includes(String(member(part, 'type')));
}

function readText(part: Found, param: string): TextPart {
  return { type: 'text', text: expectText(member(part, 'text'), `${param}.text`), ...cacheOf(part) };
}

function readImage(part: Found, param: string): ImagePart {
  if (member(part, 'file_id') !== null) throw onlyAtResponses(`${param}.file_id`, 'An image that was uploaded to OpenAI', 'Send it as "image_url"');
  const source = readSource(expectText(member(part, 'image_url'), `${param}.image_url`), `${param}.image_url`);
  return { type: 'image', source, ...onlySet({ detail: detailOf(member(part, 'detail')) }), ...cacheOf(part) };
}

function detailOf(detail: unknown): ImagePart['detail'] {
  if (detail === 'original') return 'high';
  return detail === 'auto' || detail === 'low' || detail === 'high' ? detail : undefined;
}

function readFile(part: Found, param: string): FilePart {
  return { type: 'file', source: fileSource(part, param), ...onlySet({ name: optionalText(part, 'filename', `${param}.filename`) }), ...cacheOf(part) };
}

function fileSource(part: Found, param: string): FilePart['source'] {
  const id = optionalText(part, 'file_id', `${param}.file_id`);
  if (id !== undefined) return { kind: 'id', id };
  const url = optionalText(part, 'file_url', `${param}.file_url`);
  if (url !== undefined) return readSource(url, `${param}.file_url`);
  return readFileData(expectText(member(part, 'file_data'), `${param}.file_data`), `${param}.file_data`);
}

/** A breakpoint that says how long wants longer than the form's shorter mark. */
function cacheOf(part: Found): { cache?: CacheMark } {
  const breakpoint = asObject(member(part, 'prompt_cache_breakpoint'));
  return breakpoint ? { cache: member(breakpoint, 'ttl') === null ? '5m' : '1h' } : {};
}
