import type { CallEndpoint } from '@byok/providers';
import { classifyTask } from './classify.js';
import { readAuto } from './auto.js';
import { readSigns } from './signs.js';

const of = (body: unknown, endpoint: CallEndpoint = 'chat') => readSigns(endpoint, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
const asks = (text: string): object => ({ messages: [{ role: 'system', content: 'You write TypeScript and Python code. ```' }, { role: 'user', content: text }] });
const taskOf = (body: unknown, endpoint?: CallEndpoint): string => classifyTask(of(body, endpoint)).task;

describe('readAuto', () => {
  it.each([
    ['auto', { task: null }],
    ['auto:code', { task: 'code' }],
    ['auto:', null],
    ['auto:Code', null],
    ['automatic', null],
    ['openrouter/auto', null],
    ['gpt-4o', null],
  ])('%s', (model, expected) => expect(readAuto(model)).toEqual(expected));
});

describe('the classifier', () => {
  it.each([
    ['small talk', asks('Hello, how are you?'), 'chat'],
    ['one word of programming', asks('Is python a snake?'), 'chat'],
    ['a code fence', asks('What does this do?\n```\nx = 1\n```'), 'code'],
    ['a diff', asks('Review:\ndiff --git a/x b/x\n@@ -1,2 +1,2 @@'), 'code'],
    ['programming', asks('Refactor this TypeScript so that the unit tests pass'), 'code'],
    ['a proof', asks('Prove that there are infinitely many primes'), 'reasoning'],
    ['effort asked for', { ...asks('Hi'), reasoning_effort: 'high' }, 'reasoning'],
    ['thinking in Anthropic’s dialect', { ...asks('Hi'), thinking: { type: 'enabled', budget_tokens: 2_000 } }, 'reasoning'],
    ['a long piece', asks('Summarise. '.repeat(900)), 'reasoning'],
    ['an image in a chat', { messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url: 'data:' } }] }] }, 'vision'],
  ])('%s: %#', (_name, body, task) => expect(taskOf(body)).toBe(task));

  it('reads every dialect of callers', () => {
    expect(taskOf({ input: 'x' }, 'embeddings')).toBe('embeddings');
    expect(taskOf({ input: 'Debug this stack trace' }, 'responses')).toBe('code');
    expect(taskOf({ input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:' }] }] }, 'responses')).toBe('vision');
    expect(taskOf({ messages: [{ role: 'user', content: [{ type: 'tool_result', content: [{ type: 'image', source: {} }] }] }] }, 'messages')).toBe('vision');
    expect(taskOf({ contents: [{ role: 'user', parts: [{ text: 'Derive the equation' }] }] }, 'generate')).toBe('reasoning');
    expect(taskOf({ contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: '' } }] }] }, 'generate')).toBe('vision');
    expect(taskOf({ prompt: 'def f(' + 'x): import os; fix the traceback' }, 'completions')).toBe('code');
  });

  it('goes by the last message of the user, not by what stands before or after it', () => {
    expect(taskOf({ messages: [{ role: 'user', content: '```js\n1\n```' }, { role: 'assistant', content: '```js\n2\n```' }, { role: 'user', content: 'Thanks!' }, { role: 'assistant', content: '```' }] })).toBe('chat');
  });

  it("asks an org's own rules first, every condition of a rule, in their order", () => {
    const rules = [
      { task: 'sql', anyOf: ['SELECT', 'join'], hasTools: false },
      { task: 'agent', hasTools: true },
      { task: 'long', minCharacters: 5_000 },
    ];
    expect(classifyTask(of(asks('please select all users')), rules)).toEqual({ task: 'sql', because: 'rule 1 of the organisation' });
    expect(classifyTask(of({ ...asks('please select all users'), tools: [{ type: 'function' }] }), rules).task).toBe('agent');
    expect(classifyTask(of(asks('a'.repeat(6_000))), rules).task).toBe('long');
    expect(classifyTask(of(asks('hi')), rules)).toEqual({ task: 'chat', because: 'nothing speaks for another task' });
  });

  it.each(['', '[]', '{"messages":5}', '{"messages":[null,1,["x"]]}', '{"messages":[{"role":"user","content":{"a":1}}]}', 'not json'])('finds nothing in %s, and does not fall over', (body) => expect(taskOf(body)).toBe('chat'));

  it('takes no time over what was made to take time', () => {
    const began = performance.now();
    for (const text of ['select '.repeat(3_000), '\n@@ -'.repeat(4_000), `${'class a'.repeat(3_000)}`, '`'.repeat(20_000)]) taskOf(asks(text));
    expect(performance.now() - began).toBeLessThan(500);
  });
});
