import { AppError } from '@byok/kernel';
import { toolInput } from '../anthropic-messages/tool-input.js';
import type { AssistantMessage, ChatRequest, ToolResult, UserMessage } from '../chat-form.js';
import { cachePoint } from './cache-point.js';
import { familyOf, isClaude } from './model-family.js';
import { wireToolId } from './tool-id.js';
import type { ToolNames } from './tool-names.js';
import type { ConverseBlock, ConverseMessage, ConverseResultBlock } from './wire.js';
import { DocumentWriter, imageBlock } from './write-media.js';

type Content = (UserMessage['parts'][number] | ToolResult['parts'][number])[];

/** The conversation without its system messages, roles alternating, nothing blank in it. */
export function writeMessages(request: ChatRequest, names: ToolNames): ConverseMessage[] {
  const writer = new MessageWriter(request.model, names);
  for (const message of request.messages) {
    if (message.role === 'user') writer.add('user', writer.content(message.parts));
    else if (message.role === 'tool') writer.addResults(message.results);
    else if (message.role === 'assistant') writer.add('assistant', writer.said(message));
  }
  if (writer.messages[0]?.role === 'assistant') writer.messages.unshift({ role: 'user', content: [{ text: OPENING }] });
  return withoutOpenEnd(writer.messages);
}

/** Stands in for the user where a conversation begins with the assistant, which Bedrock refuses. */
const OPENING = '(The conversation begins.)';

class MessageWriter {
  readonly messages: ConverseMessage[] = [];
  readonly #documents = new DocumentWriter();
  /** How many blocks of the last message are tool results: later ones go behind them, before what the user says. */
  #resultBlocks = 0;

  constructor(
    readonly model: string,
    readonly names: ToolNames,
  ) {}

  add(role: ConverseMessage['role'], blocks: ConverseBlock[]): void {
    if (blocks.length === 0) return;
    const last = this.messages.at(-1);
    if (last?.role === role) return void last.content.push(...blocks);
    this.messages.push({ role, content: blocks });
    this.#resultBlocks = 0;
  }

  addResults(results: readonly ToolResult[]): void {
    const blocks = results.flatMap((result) => [{ toolResult: this.#result(result) }, ...cachePoint(result.cache, this.model)]);
    const last = this.messages.at(-1);
    if (last?.role === 'user') last.content.splice(this.#resultBlocks, 0, ...blocks);
    else this.add('user', blocks);
    this.#resultBlocks += blocks.length;
  }

  content(parts: Content): ConverseBlock[] {
    return parts.flatMap((part): ConverseBlock[] => {
      const block = this.#block(part);
      return block === null ? [] : [block, ...cachePoint('cache' in part ? part.cache : undefined, this.model)];
    });
  }

  said({ parts }: AssistantMessage): ConverseBlock[] {
    return parts.flatMap((part): ConverseBlock[] => {
      switch (part.type) {
        case 'text':
          return isBlank(part.text) ? [] : [{ text: part.text }, ...cachePoint(part.cache, this.model)];
        case 'refusal':
          return isBlank(part.text) ? [] : [{ text: part.text }];
        case 'reasoning':
          return this.#reasoning(part.text, part.signature, part.isSealed ?? false);
        case 'tool-call':
          return [{ toolUse: { toolUseId: wireToolId(part.id, this.model), name: this.names.toWire(part.name), input: toolInput(part.arguments) } }];
      }
    });
  }

  #block(part: Content[number]): ConverseResultBlock | null {
    switch (part.type) {
      case 'text':
        return isBlank(part.text) ? null : { text: part.text };
      case 'image':
        return { image: imageBlock(part) };
      case 'file':
        return { document: this.#documents.write(part) };
      case 'audio':
        throw new AppError('param_not_supported', 'AWS Bedrock cannot be asked for an answer about audio.', { details: { param: 'audio' } });
    }
  }

  #result({ id, parts, isError }: ToolResult) {
    const content = parts.map((part) => this.#block(part)).filter((block) => block !== null);
    const tellsStatus = isError === true && ['claude', 'nova'].includes(familyOf(this.model));
    return { toolUseId: wireToolId(id, this.model), content, ...(tellsStatus ? { status: 'error' as const } : {}) };
  }

  /** Reasoning without its proof would be refused; other models than Claude take none back. */
  #reasoning(text: string, signature: string | undefined, isSealed: boolean): ConverseBlock[] {
    if (signature === undefined || !isClaude(this.model)) return [];
    return [{ reasoningContent: isSealed ? { redactedContent: signature } : { reasoningText: { text, signature } } }];
  }
}

/** Bedrock refuses an assistant message at the end that ends in white space. */
function withoutOpenEnd(messages: ConverseMessage[]): ConverseMessage[] {
  const last = messages.at(-1);
  const end = last?.content.at(-1);
  if (last?.role === 'assistant' && end && 'text' in end) end.text = end.text.trimEnd();
  return messages;
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}
