import { choicesOf, maxOutputOf, scanBody } from './index.js';

const generate = (config: unknown, name = 'generationConfig') => Buffer.from(JSON.stringify({ contents: [], [name]: config }));
const of = (body: Buffer) => [maxOutputOf('generate', body, scanBody(body)), choicesOf('generate', body, scanBody(body))];

describe('what a Gemini body asks for', () => {
  it('is read from its config, in both spellings; nothing said is null', () => {
    expect(of(generate({ maxOutputTokens: 100, candidateCount: 4 }))).toEqual([100, 4]);
    expect(of(generate({ maxOutputTokens: 100, candidateCount: 4 }, 'generation_config'))).toEqual([100, 4]);
    expect([of(generate({})), of(generate({ maxOutputTokens: null })), of(Buffer.from('{"contents":[]}'))]).toEqual([[null, null], [null, null], [null, null]]);
  });

  it.each([-1, 0, 1.5, 1e308, '12', true, [1]])('C14 is refused where it is no amount: %j', (value) => {
    expect(() => of(generate({ maxOutputTokens: value }))).toThrow('maxOutputTokens must be a whole number');
    expect(() => of(generate({ candidateCount: value }))).toThrow('candidateCount must be a whole number');
  });
});
