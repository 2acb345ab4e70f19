import { AppError } from '@byok/kernel';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { anthropic } from '../../anthropic/index.js';
import type { ChatRequest } from '../chat-form.js';
import { readAnswer } from './read-answer.js';

const REQUEST: ChatRequest = { model: 'claude-opus-4', stream: false, messages: [], extras: {} };
const JSON_REQUEST: ChatRequest = { ...REQUEST, answerFormat: { type: 'json-object' } };
const aMessage = (members: object = {}) => ({ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-opus-4', content: [], stop_reason: 'end_turn', stop_sequence: null, usage: { input_tokens: 1, output_tokens: 2 }, ...members });
const read = (members: object, request = REQUEST) => readAnswer(aMessage(members), anthropic, request);

describe('reading a message', () => {
  it('reads the fixture of the provider', () => {
    const fixture = JSON.parse(readFileSync(join(import.meta.dirname, '../../anthropic/fixtures/answer.json'), 'utf8')) as { content: { type: string; text?: string }[]; id: string };
    const answer = readAnswer(fixture, anthropic, REQUEST);
    expect(answer).toMatchObject({ id: fixture.id, createdAt: null, meters: { inputUncached: 21, cacheRead: 2000, cacheWrite5m: 100, cacheWrite1h: 200, output: 48 } });
    expect(answer.choices[0]?.parts[0]).toEqual({ type: 'text', text: fixture.content[0]?.text });
  });

  it('reads blocks of every kind and leaves out what tools left at the provider', () => {
    const content = [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'thinking', thinking: '', signature: 's2' },
      { type: 'redacted_thinking', data: 'd' },
      { type: 'text', text: 'Hi', citations: [{ cited_text: 'x' }] },
      { type: 'server_tool_use', id: 'srv', name: 'web_search', input: {} },
      { type: 'tool_use', id: 'toolu_1', name: 'find', input: { q: 1 } },
      { type: 'tool_use', id: 'toolu_2', name: 'now' },
    ];
    expect(read({ content, stop_reason: 'tool_use' })).toMatchObject({
      choices: [
        {
          index: 0,
          finish: 'tool-calls',
          parts: [
            { type: 'reasoning', text: 'hm', signature: 's' },
            { type: 'reasoning', text: '', signature: 's2' },
            { type: 'reasoning', text: '', signature: 'd', isSealed: true },
            { type: 'text', text: 'Hi' },
            { type: 'tool-call', id: 'toolu_1', name: 'find', arguments: '{"q":1}' },
            { type: 'tool-call', id: 'toolu_2', name: 'now', arguments: '{}' },
          ],
        },
      ],
      vendor: { citations: [{ cited_text: 'x' }] },
    });
  });

  it.each([
    ['end_turn', 'stop'],
    ['pause_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool-calls'],
    ['refusal', 'content-filter'],
    ['something_new', 'stop'],
    [null, 'stop'],
  ])('reads the stop reason %s as %s', (stop_reason, finish) => {
    expect(read({ stop_reason }).choices[0]?.finish).toBe(finish);
  });

  it('tells which stop sequence ended it', () => {
    expect(read({ stop_reason: 'stop_sequence', stop_sequence: 'END' }).choices[0]).toMatchObject({ finish: 'stop', stopSequence: 'END' });
  });

  it('has no meters where there is no usage', () => {
    expect(read({ usage: undefined }).meters).toBeNull();
  });

  it('gives the input of the tool asked for as the content, without what was said before it', () => {
    const content = [{ type: 'text', text: 'Here it is:' }, { type: 'tool_use', id: 'toolu_1', name: 'json_answer', input: { a: 1 } }, { type: 'tool_use', id: 'toolu_2', name: 'json_answer', input: {} }, { type: 'text', text: 'Done.' }];
    expect(read({ content, stop_reason: 'tool_use' }, JSON_REQUEST).choices[0]).toEqual({ index: 0, parts: [{ type: 'text', text: '{"a":1}' }], finish: 'stop' });
    expect(read({ content, stop_reason: 'max_tokens' }, JSON_REQUEST).choices[0]?.finish).toBe('length');
    expect(read({ content, stop_reason: 'tool_use' }).choices[0]?.finish).toBe('tool-calls');
  });

  it('gives text and calls as they are where the tool asked for was not called', () => {
    const content = [{ type: 'text', text: 'Let me look.' }, { type: 'tool_use', id: 'toolu_1', name: 'find', input: {} }];
    expect(read({ content, stop_reason: 'tool_use' }, { ...JSON_REQUEST, tools: [{ name: 'find', parameters: {} }] }).choices[0]).toMatchObject({ parts: [{ type: 'text' }, { type: 'tool-call' }], finish: 'tool-calls' });
  });

  it.each([null, 'text', 5, [], {}, { type: 'message', content: 'no list' }, { type: 'error', error: { type: 'overloaded_error', message: 'key sk-ant-canary' } }])('refuses %j without repeating it', (body) => {
    let caught: unknown;
    try {
      readAnswer(body, anthropic, REQUEST);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(AppError);
    expect((caught as AppError).code).toBe('upstream_error');
    expect((caught as AppError).message).not.toContain('canary');
  });

  it('survives content of any shape', () => {
    for (const content of [[null], [5], [{}], [{ type: 'text' }], [{ type: 'tool_use' }], [{ type: 'tool_use', input: 'x' }], [{ type: 'thinking' }], [{ type: 'redacted_thinking' }]]) expect(read({ content }).choices).toHaveLength(1);
  });
});
