import type { Found } from '../../find-usage.js';
import type { AudioPart, FilePart, ImagePart } from '../chat-form.js';
import { at, invalid, objectAt, textIn, unsupported } from './wire.js';

/** Where only Google can read. */
const GOOGLE_ONLY = /^(?:gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/)/;
const AUDIO_FORMATS: Readonly<Record<string, string>> = { mpeg: 'mp3', 'x-wav': 'wav', wave: 'wav', 'vnd.wave': 'wav' };

/** An inlineData or fileData part. @throws AppError param_not_supported for what only Google can read */
export function readMedia(part: Found, param: string): ImagePart | AudioPart | FilePart {
  const inline = at(part, 'inlineData');
  return inline === undefined ? readReference(objectAt(at(part, 'fileData'), `${param}.fileData`), `${param}.fileData`) : readInline(objectAt(inline, `${param}.inlineData`), `${param}.inlineData`);
}

function readInline(blob: Found, param: string): ImagePart | AudioPart | FilePart {
  const mediaType = required(blob, 'mimeType', param);
  const data = plainBase64(required(blob, 'data', param));
  const [family, format = ''] = mediaType.toLowerCase().split(/[/;]/);
  if (family === 'image') return { type: 'image', source: { kind: 'base64', mediaType, data } };
  if (family === 'audio') return { type: 'audio', format: AUDIO_FORMATS[format] ?? format, data };
  return { type: 'file', source: { kind: 'base64', mediaType, data }, ...nameOf(blob, param) };
}

function readReference(file: Found, param: string): ImagePart | FilePart {
  const url = required(file, 'fileUri', param);
  if (GOOGLE_ONLY.test(url)) throw unsupported(`${param}.fileUri`, 'a file that is kept at Google');
  const isImage = textIn(file, 'mimeType', `${param}.mimeType`)?.startsWith('image/') ?? false;
  return isImage ? { type: 'image', source: { kind: 'url', url } } : { type: 'file', source: { kind: 'url', url }, ...nameOf(file, param) };
}

function nameOf(media: Found, param: string): { name?: string } {
  const name = textIn(media, 'displayName', `${param}.displayName`);
  return name === undefined ? {} : { name };
}

function required(object: Found, name: string, param: string): string {
  const value = textIn(object, name, `${param}.${name}`);
  if (value === undefined || value === '') throw invalid(`${param}.${name}`, 'is required');
  return value;
}

/** Google takes both alphabets of base64 and line breaks inside; nobody else does. */
function plainBase64(data: string): string {
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return data;
  return data.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
}
