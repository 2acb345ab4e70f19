import type { StreamPart } from '../answer-form.js';
import { metersOfBedrock } from '../bedrock-usage.js';
import type { ChatRequest } from '../chat-form.js';
import type { StreamReader } from '../dialect.js';
import { asObject, numberAt, parseObject, textAt } from '../members.js';
import type { Found } from '../../find-usage.js';
import { EventFrames } from '../wire/event-frames.js';
import type { EventFrame } from '../wire/event-frames.js';
import { UNREADABLE, readUntilEnd } from '../wire/read-until-end.js';
import { answerTool } from './answer-tool.js';
import type { AnswerTool } from './answer-tool.js';
import { finishReason, stopSequenceIn } from './finish-reason.js';
import { unwrapped } from './read-answer.js';
import { toolNames } from './tool-names.js';
import type { ToolNames } from './tool-names.js';

export function streamReader(request: ChatRequest): StreamReader {
  const frames = new EventFrames();
  const events = new ConverseEvents(request);
  return readUntilEnd<EventFrame | 'closed'>(
    // A connection that ends inside a frame was cut, whatever came before.
    { see: (chunk) => frames.see(chunk), close: () => (frames.isInsideFrame ? [] : ['closed']) },
    (frame) => (frame === 'closed' ? events.close() : events.read(frame)),
  );
}

/** A content block that is being told. */
type Block =
  | { kind: 'tool'; tool: number; hasArguments: boolean }
  /** The tool whose arguments are the answer. */
  | { kind: 'answer'; json: string }
  /** A tool of the provider's own, or a second answer. */
  | { kind: 'ignored' }
  | { kind: 'reasoning'; signature: string };

/** Those we understand; others may hold anything. */
const EVENTS: ReadonlySet<string> = new Set(['messageStart', 'contentBlockStart', 'contentBlockDelta', 'contentBlockStop', 'messageStop', 'metadata']);

class ConverseEvents {
  readonly #model: string;
  readonly #names: ToolNames;
  readonly #answer: AnswerTool | null;
  readonly #blocks = new Map<number, Block>();
  #hasStarted = false;
  #hasStopped = false;
  #hasAnswered = false;
  #tools = 0;
  #citations: Found[] = [];

  constructor(request: ChatRequest) {
    this.#model = request.model;
    this.#names = toolNames(request);
    this.#answer = answerTool(request, this.#names);
  }

  read(frame: EventFrame): StreamPart[] {
    if (frame.kind === 'broken') return [{ type: 'error', code: null, message: `AWS Bedrock's answer cannot be read: ${frame.data}.` }];
    if (frame.kind === 'error') return [{ type: 'error', code: frame.name || null, message: frame.data }];
    const payload = parseObject(frame.data);
    if (frame.kind === 'exception') return [{ type: 'error', code: frame.name || null, message: (payload && (textAt(payload, 'message') ?? textAt(payload, 'originalMessage'))) ?? '' }];
    if (!payload) return EVENTS.has(frame.name) ? [UNREADABLE] : [];
    return this.#event(frame.name, payload);
  }

  /** The end without usage: Bedrock tells it last, and a proxy may have left it out. */
  close(): StreamPart[] {
    return this.#hasStopped ? [{ type: 'end' }] : [];
  }

  #event(name: string, payload: Found): StreamPart[] {
    switch (name) {
      case 'messageStart':
        return this.#start();
      case 'contentBlockStart':
      case 'contentBlockDelta':
      case 'contentBlockStop':
        return this.#hasStopped ? [] : [...this.#start(), ...this.#content(name, numberAt(payload, 'contentBlockIndex') ?? 0, payload)];
      case 'messageStop':
        return [...this.#start(), ...this.#stop(payload)];
      case 'metadata':
        return this.#metadata(payload);
      default:
        return [];
    }
  }

  #content(name: string, index: number, payload: Found): StreamPart[] {
    if (name === 'contentBlockStart') return this.#blockStart(index, asObject(payload['start']) ?? {});
    return name === 'contentBlockDelta' ? this.#delta(index, asObject(payload['delta']) ?? {}) : this.#blockStop(index);
  }

  #start(): StreamPart[] {
    if (this.#hasStarted) return [];
    this.#hasStarted = true;
    return [{ type: 'start', id: '', model: this.#model, createdAt: null }];
  }

  #blockStart(index: number, start: Found): StreamPart[] {
    const toolUse = asObject(start['toolUse']);
    if (!toolUse) return [];
    const name = textAt(toolUse, 'name') ?? '';
    if (textAt(toolUse, 'type') === 'server_tool_use') this.#blocks.set(index, { kind: 'ignored' });
    else if (this.#answer && name === this.#answer.name) {
      this.#blocks.set(index, this.#hasAnswered ? { kind: 'ignored' } : { kind: 'answer', json: '' });
      this.#hasAnswered = true;
    } else {
      const tool = this.#tools++;
      this.#blocks.set(index, { kind: 'tool', tool, hasArguments: false });
      return [{ type: 'tool-call', choice: 0, tool, id: textAt(toolUse, 'toolUseId') ?? '', name: this.#names.fromWire(name) }];
    }
    return [];
  }

  #delta(index: number, delta: Found): StreamPart[] {
    const text = textAt(delta, 'text');
    if (text !== null) return text === '' ? [] : [{ type: 'text', choice: 0, text }];
    const toolUse = asObject(delta['toolUse']);
    if (toolUse) return this.#argumentsOf(this.#blocks.get(index), textAt(toolUse, 'input') ?? '');
    const reasoning = asObject(delta['reasoningContent']);
    if (reasoning) return this.#reasoning(index, reasoning);
    const citation = asObject(delta['citation']);
    if (citation) this.#citations.push(citation);
    return [];
  }

  #argumentsOf(block: Block | undefined, fragment: string): StreamPart[] {
    if (fragment === '') return [];
    if (block?.kind === 'answer') {
      block.json += fragment;
      return this.#answer!.isWrapped ? [] : [{ type: 'text', choice: 0, text: fragment }];
    }
    if (block?.kind !== 'tool') return [];
    block.hasArguments = true;
    return [{ type: 'tool-arguments', choice: 0, tool: block.tool, fragment }];
  }

  #reasoning(index: number, reasoning: Found): StreamPart[] {
    const sealed = textAt(reasoning, 'redactedContent');
    if (sealed !== null) return [{ type: 'reasoning-signature', choice: 0, signature: sealed, isSealed: true }];
    const signature = textAt(reasoning, 'signature');
    if (signature !== null) {
      const before = this.#blocks.get(index);
      this.#blocks.set(index, { kind: 'reasoning', signature: (before?.kind === 'reasoning' ? before.signature : '') + signature });
    }
    const text = textAt(reasoning, 'text') ?? '';
    return text === '' ? [] : [{ type: 'reasoning', choice: 0, text }];
  }

  #blockStop(index: number): StreamPart[] {
    const block = this.#blocks.get(index);
    this.#blocks.delete(index);
    switch (block?.kind) {
      case 'tool':
        // A call without arguments says nothing about them.
        return block.hasArguments ? [] : [{ type: 'tool-arguments', choice: 0, tool: block.tool, fragment: '{}' }];
      case 'answer':
        return this.#answered(block.json);
      case 'reasoning':
        return [{ type: 'reasoning-signature', choice: 0, signature: block.signature, isSealed: false }];
      case 'ignored':
      case undefined:
        return [];
    }
  }

  /** What of the answer could not be told while it came. */
  #answered(json: string): StreamPart[] {
    const input = parseObject(json === '' ? '{}' : json);
    if (!this.#answer!.isWrapped && json !== '') return [];
    return [{ type: 'text', choice: 0, text: input ? unwrapped(input, this.#answer!) : json }];
  }

  #stop(payload: Found): StreamPart[] {
    if (this.#hasStopped) return [];
    this.#hasStopped = true;
    return [
      ...(this.#citations.length > 0 ? [{ type: 'vendor', name: 'citations', value: this.#citations } as const] : []),
      { type: 'finish', choice: 0, reason: finishReason(textAt(payload, 'stopReason'), this.#tools > 0), ...stopSequenceIn(payload) },
    ];
  }

  /** The last event, unless it comes where nothing has ended yet: then it is no end. */
  #metadata(payload: Found): StreamPart[] {
    const usage = asObject(payload['usage']);
    const meters = usage && metersOfBedrock(usage);
    const trace = asObject(payload['trace']);
    return [
      ...(trace ? [{ type: 'vendor', name: 'trace', value: trace } as const] : []),
      ...(meters ? [{ type: 'usage', meters } as const] : []),
      ...(this.#hasStopped ? [{ type: 'end' } as const] : []),
    ];
  }
}
