import type { Found } from '../../find-usage.js';
import type { AudioPart, Base64Source, FilePart, ImagePart, TextPart, UrlSource } from '../chat-form.js';
import { asObject } from '../members.js';
import { onlySet } from '../only-set.js';
import { expectObject, expectText, invalid, member, optionalText } from '../expect.js';
import { readCacheMark } from './read-cache-mark.js';

/** A part of what a user says. */
export function readUserPart(part: Found, param: string): TextPart | ImagePart | FilePart | AudioPart {
  const cache = onlySet({ cache: readCacheMark(part) });
  switch (member(part, 'type')) {
    case 'text':
      return { type: 'text', text: expectText(member(part, 'text'), `${param}.text`), ...cache };
    case 'image_url':
      return { ...readImage(member(part, 'image_url'), `${param}.image_url`), ...cache };
    case 'file':
      return { ...readFile(expectObject(member(part, 'file'), `${param}.file`), `${param}.file`), ...cache };
    case 'input_audio': {
      const audio = expectObject(member(part, 'input_audio'), `${param}.input_audio`);
      return { type: 'audio', format: expectText(member(audio, 'format'), `${param}.input_audio.format`), data: expectText(member(audio, 'data'), `${param}.input_audio.data`) };
    }
    default:
      throw invalid(`${param}.type`, 'must be text, image_url, input_audio or file');
  }
}

/** Some clients write the URL without the object around it. */
function readImage(value: unknown, param: string): ImagePart {
  const image = typeof value === 'string' ? { url: value } : expectObject(value, param);
  return { type: 'image', source: readSource(expectText(member(image, 'url'), `${param}.url`), `${param}.url`), ...onlySet({ detail: detailOf(asObject(image)?.['detail']) }) };
}

function detailOf(value: unknown): ImagePart['detail'] {
  if (value === 'original') return 'high';
  return value === 'auto' || value === 'low' || value === 'high' ? value : undefined;
}

function readFile(file: Found, param: string): FilePart {
  const name = optionalText(file, 'filename', `${param}.filename`);
  const id = optionalText(file, 'file_id', `${param}.file_id`);
  const source: FilePart['source'] = id === undefined ? readFileData(expectText(member(file, 'file_data'), `${param}.file_data`), `${param}.file_data`) : { kind: 'id', id };
  return { type: 'file', source, ...onlySet({ name }) };
}

/** Bare base64 is taken for what files mostly are. */
function readFileData(data: string, param: string): UrlSource | Base64Source {
  return /^(?:data|https?):/i.test(data) ? readSource(data, param) : { kind: 'base64', mediaType: 'application/pdf', data: withoutBreaks(data) };
}

function readSource(url: string, param: string): UrlSource | Base64Source {
  if (/^https?:\/\//i.test(url)) return { kind: 'url', url };
  const comma = url.indexOf(',');
  const [scheme, ...parameters] = url.slice(0, comma === -1 ? 0 : comma).split(';');
  const mediaType = scheme?.slice('data:'.length).toLowerCase();
  if (!scheme?.toLowerCase().startsWith('data:') || !mediaType || parameters.at(-1)?.toLowerCase() !== 'base64') throw invalid(param, 'must be an http(s) URL or a data URL in base64');
  return { kind: 'base64', mediaType, data: withoutBreaks(url.slice(comma + 1)) };
}

function withoutBreaks(data: string): string {
  return /\s/.test(data) ? data.replace(/\s+/g, '') : data;
}
