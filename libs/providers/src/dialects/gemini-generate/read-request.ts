import type { Found } from '../../find-usage.js';
import type { ChatRequest, SystemMessage } from '../chat-form.js';
import { readContents } from './read-contents.js';
import { readGenerationConfig } from './read-generation-config.js';
import { readTools } from './read-tools.js';
import { at, invalid, list, objectAt, textIn, toCamel, unsupported } from './wire.js';

const READ = new Set(['model', 'contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'cachedContent']);

/** A generateContent body; the model and whether to stream are told by the path. */
export function readRequest(body: Found): ChatRequest {
  // The cache holds the beginning of the conversation, which nobody else can see.
  if (at(body, 'cachedContent') !== undefined) throw unsupported('cachedContent', 'content cached at Google');
  const generation = at(body, 'generationConfig');
  const config = generation === undefined ? { fields: {}, extras: {} } : readGenerationConfig(objectAt(generation, 'generationConfig'));
  const others = Object.entries(body).filter(([name]) => !READ.has(toCamel(name)));
  return {
    model: '',
    stream: false,
    messages: [...readSystem(at(body, 'systemInstruction')), ...readContents(contentsOf(body))],
    ...readTools(list(at(body, 'tools')), at(body, 'toolConfig')),
    ...config.fields,
    extras: { ...Object.fromEntries(others), ...config.extras },
  };
}

function contentsOf(body: Found): unknown[] {
  const contents = list(at(body, 'contents'));
  if (contents.length === 0) throw invalid('contents', 'must be a list with at least one entry');
  return contents;
}

function readSystem(instruction: unknown): SystemMessage[] {
  if (instruction === undefined) return [];
  const given = typeof instruction === 'string' ? [{ text: instruction }] : list(at(objectAt(instruction, 'systemInstruction'), 'parts'));
  const parts = given.map((part, index) => {
    const param = `systemInstruction.parts[${index}]`;
    const text = textIn(objectAt(part, param), 'text', `${param}.text`);
    if (text === undefined) throw invalid(param, 'must hold text');
    return { type: 'text' as const, text };
  });
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}
