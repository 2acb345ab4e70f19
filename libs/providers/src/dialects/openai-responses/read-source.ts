import type { Base64Source, UrlSource } from '../chat-form.js';
import { invalid } from '../expect.js';

const SCHEME = 'data:';

/** A web address, or what a data URL holds. */
export function readSource(url: string, param: string): UrlSource | Base64Source {
  if (/^https?:\/\//i.test(url)) return { kind: 'url', url };
  const comma = url.indexOf(',');
  const [first, ...parameters] = url.slice(0, Math.max(comma, 0)).toLowerCase().split(';');
  const mediaType = first?.startsWith(SCHEME) ? first.slice(SCHEME.length) : '';
  if (mediaType === '' || parameters.at(-1) !== 'base64') throw invalid(param, 'must be an http(s) URL or a data URL in base64');
  return { kind: 'base64', mediaType, data: withoutBreaks(url.slice(comma + 1)) };
}

/** A file's data may come without its type; it is then taken for what files mostly are. */
export function readFileData(data: string, param: string): UrlSource | Base64Source {
  return /^(?:data|https?):/i.test(data) ? readSource(data, param) : { kind: 'base64', mediaType: 'application/pdf', data: withoutBreaks(data) };
}

/** As a URL, the way round that every field here wants it. */
export function writeSource(source: UrlSource | Base64Source): string {
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
}

function withoutBreaks(data: string): string {
  return /\s/.test(data) ? data.replace(/\s+/g, '') : data;
}
