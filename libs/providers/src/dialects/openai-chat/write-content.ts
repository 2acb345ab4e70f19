import type { AudioPart, FilePart, ImagePart, TextPart } from '../chat-form.js';
import { onlySet } from '../only-set.js';
import { untranslatable } from '../expect.js';
import { writeCacheMark } from './write-cache-mark.js';
import type { MessageStyle } from './write-messages.js';

/** One text is a string, because every provider takes that; more is a list of parts. */
export function writeContent(parts: readonly (TextPart | ImagePart | FilePart | AudioPart)[], style: MessageStyle): string | object[] {
  if (parts.every((part) => part.type === 'text')) {
    const isMarked = style.hasMarks && parts.some((part) => part.cache !== undefined);
    if (!isMarked && (parts.length <= 1 || style.wire.isTextPlain)) return parts.map((part) => part.text).join('\n\n');
  }
  return parts.map((part) => writePart(part, style));
}

function writePart(part: TextPart | ImagePart | FilePart | AudioPart, style: MessageStyle): object {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...writeCacheMark(part.cache, style.hasMarks) };
    case 'image':
      return { type: 'image_url', image_url: { url: urlOf(part.source), ...onlySet({ detail: part.detail }) }, ...writeCacheMark(part.cache, style.hasMarks) };
    case 'file':
      return { type: 'file', file: writeFile(part, style), ...writeCacheMark(part.cache, style.hasMarks) };
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.data, format: part.format } };
  }
}

function writeFile({ source, name }: FilePart, style: MessageStyle): object {
  if (source.kind === 'id') return { file_id: source.id };
  if (source.kind === 'url' && !style.wire.takesFileUrls) throw untranslatable('files', 'A file by its URL');
  // Data without a name is refused.
  return { filename: name ?? (source.kind === 'base64' && source.mediaType === 'application/pdf' ? 'file.pdf' : 'file'), file_data: urlOf(source) };
}

function urlOf(source: Exclude<FilePart['source'], { kind: 'id' }>): string {
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
}
