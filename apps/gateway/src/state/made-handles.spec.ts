import { scanBody } from '@byok/providers';
import { MadeHandles } from './made-handles.js';
import { handleOf, namedHandles } from './named-handles.js';

const sealed = `gAAAAA${'b'.repeat(3_000)}`;
const stream = [
  { type: 'response.created', response: { id: 'resp_68a1', conversation: { id: 'conv_77' }, output: [] } },
  { type: 'response.output_item.done', item: { id: 'rs_9', type: 'reasoning', encrypted_content: sealed } },
  { type: 'response.output_text.delta', delta: 'he said "id":"resp_nothing"' },
]
  .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  .join('');
const wanted = ['resp_68a1', 'conv_77', 'rs_9', sealed].map(handleOf);

function made(chunks: Buffer[]): string[] {
  const handles: string[] = [];
  const watcher = new MadeHandles((handle) => void handles.push(handle));
  for (const chunk of chunks) watcher.see(chunk);
  return handles;
}

describe('MadeHandles', () => {
  it('finds what a provider keeps or sealed, wherever the stream is cut, and nothing that is only spoken of', () => {
    const bytes = Buffer.from(stream);
    expect(made([bytes])).toEqual(wanted);
    for (let cut = 0; cut <= bytes.length; cut += 1) expect(made([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(wanted);
  });

  it.each([1, 2, 7, 64])('finds it in pieces of %d bytes', (size) => {
    const bytes = Buffer.from(stream);
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
    expect(made(pieces)).toEqual(wanted);
  });
});

describe('namedHandles', () => {
  const named = (text: string, isResponses: boolean): string[] => namedHandles(Buffer.from(text), scanBody(Buffer.from(text)), isResponses);
  const of = (body: object, isResponses = true): string[] => named(JSON.stringify(body), isResponses);

  it('finds every way in which a request goes on from an earlier one', () => {
    expect(of({ previous_response_id: 'resp_68a1' })).toEqual([handleOf('resp_68a1')]);
    expect(of({ conversation: 'conv_77' })).toEqual([handleOf('conv_77')]);
    expect(of({ conversation: { id: 'conv_77' } })).toEqual([handleOf('conv_77')]);
    expect(of({ input: [{ type: 'reasoning', id: 'rs_9', encrypted_content: sealed }, { type: 'item_reference', id: 'msg_1' }] })).toEqual([handleOf(sealed), handleOf('msg_1')]);
    expect(of({ tools: [{ type: 'file_search', vector_store_ids: ['vs_1', 'vs_2'] }, { type: 'code_interpreter', container: 'cntr_1' }] })).toEqual(['vs_1', 'vs_2', 'cntr_1'].map(handleOf));
    expect(of({ messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] }, false)).toEqual([handleOf('file-1')]);
  });

  it('reads names that are spelled with escapes, as a provider would', () => {
    expect(named('{"previous\\u005fresponse_id":"resp_68a1"}', true)).toEqual([handleOf('resp_68a1')]);
    expect(named('{"input":[{"type":"item\\u005freference","id":"msg_1"}]}', true)).toEqual([handleOf('msg_1')]);
    expect(named('{"messages":[{"content":[{"file":{"\\u0066ile_id":"file-1"}}]}]}', false)).toEqual([handleOf('file-1')]);
  });

  it('takes no text, no schema and no wish for something new for a name', () => {
    expect(of({ input: 'my "previous_response_id":"resp_1"', previous_response_id: null })).toEqual([]);
    expect(of({ tools: [{ type: 'function', parameters: { properties: { file_id: { type: 'string' } } } }, { type: 'code_interpreter', container: { type: 'auto' } }] })).toEqual([]);
    expect(of({ tools: [{ type: 'code_interpreter', container: 'auto' }] })).toEqual([]);
  });
});
