import { AppError } from '@byok/kernel';
import type { FilePart, ImagePart } from '../chat-form.js';
import type { ConverseDocument, ConverseImage } from './wire.js';

const IMAGE_FORMATS: Readonly<Record<string, string>> = { 'image/png': 'png', 'image/jpeg': 'jpeg', 'image/jpg': 'jpeg', 'image/gif': 'gif', 'image/webp': 'webp' };

const DOCUMENT_FORMATS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
};

/** @throws AppError param_not_supported for a format that Bedrock does not read */
export function imageBlock({ source }: ImagePart): ConverseImage {
  if (source.kind !== 'base64') throw notSupported('images', 'an image by its URL; send it inline as base64');
  const format = formatIn(IMAGE_FORMATS, source.mediaType);
  if (format === null) throw notSupported('images', 'an image of this format; it reads PNG, JPEG, GIF and WebP');
  return { format, source: { bytes: source.data } };
}

/** Writes documents; each must have a name, and no two of a request the same. */
export class DocumentWriter {
  readonly #names = new Set<string>();

  /** @throws AppError param_not_supported for what is not inline, and for a format that Bedrock does not read */
  write({ source, name }: FilePart): ConverseDocument {
    if (source.kind !== 'base64') throw notSupported('files', 'a file by its URL or id; send it inline as base64');
    const format = formatIn(DOCUMENT_FORMATS, source.mediaType);
    if (format === null) throw notSupported('files', 'a file of this format; it reads PDF, CSV, Word, Excel, HTML, Markdown and plain text');
    return { format, name: this.#free(documentName(name ?? '')), source: { bytes: source.data } };
  }

  #free(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.#names.has(name); number += 1) name = `${wanted} ${number}`;
    this.#names.add(name);
    return name;
  }
}

const LONGEST_NAME = 190;

/** Letters, digits, single spaces, hyphens, parentheses and square brackets; the ending says what the format says already. */
function documentName(given: string): string {
  const plain = given
    .slice(0, LONGEST_NAME)
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .replace(/[^A-Za-z0-9()[\]-]+/g, ' ')
    .trim();
  return plain === '' ? 'document' : plain;
}

function formatIn(formats: Readonly<Record<string, string>>, mediaType: string): string | null {
  const plain = mediaType.toLowerCase().split(';')[0]!.trim();
  return Object.hasOwn(formats, plain) ? formats[plain]! : null;
}

function notSupported(param: string, what: string): AppError {
  return new AppError('param_not_supported', `AWS Bedrock cannot be asked about ${what}.`, { details: { param } });
}
