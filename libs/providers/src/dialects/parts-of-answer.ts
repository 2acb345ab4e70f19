import type { ChatAnswer, Choice, StreamPart } from './answer-form.js';
import type { AnswerPart } from './chat-form.js';

/** A whole answer as the parts of a stream which says the same. */
export function partsOfAnswer(answer: ChatAnswer): StreamPart[] {
  return [
    { type: 'start', id: answer.id, model: answer.model, createdAt: answer.createdAt },
    ...answer.choices.flatMap(partsOfChoice),
    ...Object.entries(answer.vendor).map(([name, value]): StreamPart => ({ type: 'vendor', name, value })),
    ...answer.choices.map(finishOf),
    ...(answer.meters ? [{ type: 'usage', meters: answer.meters } as const] : []),
    { type: 'end' },
  ];
}

function partsOfChoice({ index, parts, logprobs }: Choice): StreamPart[] {
  let tool = -1;
  const said = parts.flatMap((part) => partsOf(part, index, part.type === 'tool-call' ? ++tool : tool));
  const content = (logprobs as { content?: unknown } | undefined)?.content;
  return Array.isArray(content) ? [...said, { type: 'logprobs', choice: index, content: content as unknown[] }] : said;
}

function partsOf(part: AnswerPart, choice: number, tool: number): StreamPart[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', choice, text: part.text }];
    case 'refusal':
      return [{ type: 'refusal', choice, text: part.text }];
    case 'reasoning': {
      const text: StreamPart[] = part.text === '' ? [] : [{ type: 'reasoning', choice, text: part.text }];
      return part.signature === undefined ? text : [...text, { type: 'reasoning-signature', choice, signature: part.signature, isSealed: part.isSealed ?? false }];
    }
    case 'tool-call': {
      const { id, name, signature } = part;
      return [
        { type: 'tool-call', choice, tool, id, name, ...(signature === undefined ? {} : { signature }) },
        { type: 'tool-arguments', choice, tool, fragment: part.arguments },
      ];
    }
  }
}

function finishOf({ index, finish, stopSequence }: Choice): StreamPart {
  return { type: 'finish', choice: index, reason: finish, ...(stopSequence === undefined ? {} : { stopSequence }) };
}
