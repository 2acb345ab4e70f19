import { AppError } from '@byok/kernel';
import type { Base64Source, CacheMark, FilePart, ImagePart, TextPart, UrlSource as Url } from '../chat-form.js';
import type { BytesSource, CacheControl, DocumentBlock, ImageBlock, TextBlock, UrlSource } from './wire.js';

/** What a user says, or a tool gives back. Text of nothing but white space is refused by the API and says nothing: it is left out. */
export function contentBlock(part: TextPart | ImagePart | FilePart): (TextBlock | ImageBlock | DocumentBlock)[] {
  switch (part.type) {
    case 'text':
      return textBlock(part);
    case 'image':
      return [{ type: 'image', source: sourceOf(part.source), ...cacheControl(part.cache) }];
    case 'file':
      return [documentBlock(part)];
  }
}

export function textBlock(part: TextPart): TextBlock[] {
  return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text, ...cacheControl(part.cache) }];
}

/** Five minutes is what the API means without a word. */
export function cacheControl(mark: CacheMark | undefined): { cache_control?: CacheControl } {
  if (mark === undefined) return {};
  return { cache_control: mark === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' } };
}

function documentBlock(part: FilePart): DocumentBlock | ImageBlock {
  const rest = { ...(part.name === undefined ? {} : { title: part.name }), ...cacheControl(part.cache) };
  if (part.source.kind === 'id') return { type: 'document', source: { type: 'file', file_id: part.source.id }, ...rest };
  const source = sourceOf(part.source);
  if (source.type === 'url' || source.media_type === 'application/pdf') return { type: 'document', source, ...rest };
  if (source.media_type.startsWith('image/')) return { type: 'image', source, ...cacheControl(part.cache) };
  if (!/^text\/|^application\/(?:json|xml)$/.test(source.media_type)) throw unsendable(source.media_type);
  return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: Buffer.from(source.data, 'base64').toString() }, ...rest };
}

function sourceOf(source: Url | Base64Source): BytesSource | UrlSource {
  if (source.kind === 'base64') return { type: 'base64', media_type: source.mediaType, data: source.data };
  const inline = /^data:([^;,]{1,100})(?:;[^;,]{1,100}){0,3};base64,/.exec(source.url);
  if (!inline) return { type: 'url', url: source.url };
  return { type: 'base64', media_type: inline[1] ?? '', data: source.url.slice(inline[0].length) };
}

function unsendable(mediaType: string): AppError {
  return new AppError('param_not_supported', `Files of the type ${mediaType.slice(0, 100)} cannot be sent to this provider: send text, a PDF or an image.`, { details: { param: 'messages' } });
}
