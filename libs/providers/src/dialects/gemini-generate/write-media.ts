import { AppError } from '@byok/kernel';
import type { AudioPart, Base64Source, FilePart, ImagePart, UrlSource } from '../chat-form.js';
import type { GeminiPart } from './wire.js';

const TYPES: Readonly<Record<string, string>> = { png: 'image/png', gif: 'image/gif', webp: 'image/webp', heic: 'image/heic', heif: 'image/heif', pdf: 'application/pdf', txt: 'text/plain', html: 'text/html', csv: 'text/csv', md: 'text/markdown', mp4: 'video/mp4', mov: 'video/mov', webm: 'video/webm', mp3: 'audio/mp3', wav: 'audio/wav' };
const YOUTUBE = /^https:\/\/(?:(?:www\.)?youtube\.com\/|youtu\.be\/)/;

/** @throws AppError param_not_supported for a file that another provider keeps */
export function writeMedia(part: ImagePart | FilePart | AudioPart): GeminiPart {
  switch (part.type) {
    case 'audio':
      return { inlineData: { mimeType: `audio/${part.format}`, data: part.data } };
    case 'image':
      return writeSource(part.source, 'image/jpeg');
    case 'file':
      if (part.source.kind !== 'id') return writeSource(part.source, 'application/pdf');
      throw new AppError('param_not_supported', 'A file that was uploaded elsewhere cannot be read by Google. Send it inline as base64.', { details: { param: 'files' } });
  }
}

function writeSource(source: UrlSource | Base64Source, usual: string): GeminiPart {
  if (source.kind === 'base64') return { inlineData: { mimeType: source.mediaType, data: source.data } };
  return { fileData: { mimeType: YOUTUBE.test(source.url) ? 'video/mp4' : typeOfUrl(source.url, usual), fileUri: source.url } };
}

/** Google wants a type; an address tells it by its last letters or not at all. */
function typeOfUrl(url: string, usual: string): string {
  const path = url.split(/[?#]/, 1)[0]!;
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(TYPES, extension) ? TYPES[extension]! : usual;
}
