import type { AssistantMessage, ReasoningPart, TextPart, ToolCallPart } from '../chat-form.js';
import { onlySet } from '../only-set.js';
import { writeDetails } from './reasoning-details.js';
import { shortCallId } from './short-call-id.js';
import { writeCall } from './write-call.js';
import { writeContent } from './write-content.js';
import type { MessageStyle } from './write-messages.js';

/** An earlier answer. */
export function writeAssistant({ parts, name }: AssistantMessage, style: MessageStyle): object {
  const texts = parts.filter((part): part is TextPart => part.type === 'text');
  const thoughts = parts.filter((part): part is ReasoningPart => part.type === 'reasoning');
  const refusal = parts.flatMap((part) => (part.type === 'refusal' ? [part.text] : [])).join('');
  const calls = parts.filter((part): part is ToolCallPart => part.type === 'tool-call');
  const isSilent = texts.length === 0 && (calls.length > 0 || refusal !== '');
  return {
    role: 'assistant',
    content: style.wire.reasoningBack === 'thinking-parts' && thoughts.length > 0 ? thoughtsAndTexts(thoughts, texts) : isSilent ? null : writeContent(texts, style),
    ...reasoningBack(thoughts, calls, style),
    ...onlySet({ refusal: refusal === '' ? undefined : refusal, tool_calls: calls.length === 0 ? undefined : calls.map((call) => withoutProof(call, style)), name }),
  };
}

function thoughtsAndTexts(thoughts: readonly ReasoningPart[], texts: readonly TextPart[]): object[] {
  return [...thoughts.map(({ text }) => ({ type: 'thinking', thinking: [{ type: 'text', text }] })), ...texts.map(({ text }) => ({ type: 'text', text }))];
}

/** Strict providers choke on members they do not know. */
function withoutProof({ signature: _, ...call }: ToolCallPart, { wire }: MessageStyle): object {
  return writeCall(wire.hasShortCallIds ? { ...call, id: shortCallId(call.id) } : call);
}

function reasoningBack(thoughts: readonly ReasoningPart[], calls: readonly ToolCallPart[], { wire }: MessageStyle): object {
  const text = thoughts.map((part) => part.text).join('');
  switch (wire.reasoningBack) {
    case 'reasoning_content':
      return text !== '' || (wire.needsReasoningBack && calls.length > 0) ? { reasoning_content: text } : {};
    case 'reasoning':
      return text === '' ? {} : { reasoning: text };
    case 'reasoning_details': {
      return { ...(text === '' ? {} : { reasoning: text }), ...writeDetails(thoughts, calls) };
    }
    case 'thinking-parts':
    case undefined:
  }
  return {};
}
