import { AppError } from '@byok/kernel';
import type { AnswerPart, CacheMark, FilePart, ImagePart, TextPart } from '../chat-form.js';
import { asObject, textAt } from '../members.js';
import { expectList, expectObject, expectText, given, invalid } from './expect-shape.js';

type Found = Record<string, unknown>;
type UserPart = TextPart | ImagePart | FilePart;

/** `content` of anything: a text is one text block. */
export function readBlocks(content: unknown, param: string): { block: Found; param: string }[] {
  if (typeof content === 'string') return [{ block: { type: 'text', text: content }, param }];
  return expectList(content, param).map((block, index) => ({ block: expectObject(block, `${param}.${index}`), param: `${param}.${index}` }));
}

/** What a user says or a tool gives back. @throws AppError param_not_supported for a block that no other provider could be told */
export function readUserPart(block: Found, param: string): UserPart[] {
  switch (block['type']) {
    case 'text':
      return [readText(block, param)];
    case 'image':
      return [{ type: 'image', source: imageSource(block, param), ...cacheOf(block) }];
    case 'document':
      return readDocument(block, param);
    default:
      throw unsupported(block, param);
  }
}

export function readAssistantPart(block: Found, param: string): AnswerPart {
  switch (block['type']) {
    case 'text':
      return readText(block, param);
    case 'thinking': {
      const signature = textAt(block, 'signature') ?? '';
      return { type: 'reasoning', text: expectText(block['thinking'], `${param}.thinking`), ...(signature === '' ? {} : { signature }) };
    }
    case 'redacted_thinking':
      return { type: 'reasoning', text: '', signature: expectText(block['data'], `${param}.data`), isSealed: true };
    case 'tool_use':
      return {
        type: 'tool-call',
        id: expectText(block['id'], `${param}.id`),
        name: expectText(block['name'], `${param}.name`),
        arguments: JSON.stringify(expectObject(block['input'] ?? {}, `${param}.input`)),
      };
    default:
      throw unsupported(block, param);
  }
}

export function readText(block: Found, param: string): TextPart {
  if (block['type'] !== 'text') throw unsupported(block, param);
  return { type: 'text', text: expectText(block['text'], `${param}.text`), ...cacheOf(block) };
}

export function cacheOf(block: Found): { cache?: CacheMark } {
  const mark = asObject(block['cache_control']);
  return mark ? { cache: mark['ttl'] === '1h' ? '1h' : '5m' } : {};
}

function imageSource(block: Found, param: string): ImagePart['source'] {
  const source = expectObject(block['source'], `${param}.source`);
  if (source['type'] === 'url') return { kind: 'url', url: expectText(source['url'], `${param}.source.url`) };
  if (source['type'] === 'base64') return bytes(source, param);
  if (source['type'] === 'file') throw new AppError('param_not_supported', 'An image by its file id can only go to the provider that keeps the file: send it inline as base64.', { details: { param: `${param}.source` } });
  throw invalid(`${param}.source.type`, '"base64" or "url"');
}

function bytes(source: Found, param: string): { kind: 'base64'; mediaType: string; data: string } {
  return { kind: 'base64', mediaType: expectText(source['media_type'], `${param}.source.media_type`), data: expectText(source['data'], `${param}.source.data`).replace(/[\r\n]/g, '') };
}

/** Documents of plain text become text, which every provider can be told. */
function readDocument(block: Found, param: string): UserPart[] {
  const source = expectObject(block['source'], `${param}.source`);
  const file = { type: 'file', ...given('name', block['title'], expectText, `${param}.title`), ...cacheOf(block) } as const;
  const context = textAt(block, 'context') ?? '';
  const before: TextPart[] = context === '' ? [] : [{ type: 'text', text: context }];
  switch (source['type']) {
    case 'base64':
      return [...before, { ...file, source: bytes(source, param) }];
    case 'url':
      return [...before, { ...file, source: { kind: 'url', url: expectText(source['url'], `${param}.source.url`) } }];
    case 'file':
      return [...before, { ...file, source: { kind: 'id', id: expectText(source['file_id'], `${param}.source.file_id`) } }];
    case 'text':
      return [...before, ...titleOf(block), { type: 'text', text: expectText(source['data'], `${param}.source.data`), ...cacheOf(block) }];
    case 'content':
      return [...before, ...titleOf(block), ...readBlocks(source['content'], `${param}.source.content`).flatMap((each) => readUserPart(each.block, each.param))];
    default:
      throw invalid(`${param}.source.type`, '"base64", "url", "text", "content" or "file"');
  }
}

function titleOf(block: Found): TextPart[] {
  const title = textAt(block, 'title') ?? '';
  return title === '' ? [] : [{ type: 'text', text: title }];
}

function unsupported(block: Found, param: string): AppError {
  const type = textAt(block, 'type');
  if (type === null) return invalid(`${param}.type`, 'a text');
  return new AppError('param_not_supported', `A block of the type "${type.slice(0, 100)}" can only go to a provider of the Messages API. Leave it out, or choose a model of such a provider.`, { details: { param } });
}
