import type { Attempt } from '@byok/routing';
import { appendFacts, withCallFacts, type CallFacts } from './call-facts.js';

const attempt = { owner: { type: 'group', id: 'grp_1' }, keyId: 'key_1', provider: { id: 'openrouter' }, model: 'gpt-4o', usesPlatformCredits: false } as Attempt;
const facts: CallFacts = { requestId: 'req_1', attempt, attempts: 1 };

describe('withCallFacts', () => {
  it('adds three members and leaves every other byte as it came', () => {
    const body = '{ "id": "x",\n  "choices": [ {"a":"}"} ] }\n';
    const dressed = withCallFacts(Buffer.from(body), facts).toString();
    expect(JSON.parse(dressed)).toEqual({ id: 'x', choices: [{ a: '}' }], 'x-using-byok': 'true', 'x-provider': 'openrouter', 'x-credits-charged': '0.00' });
    expect(dressed.startsWith('{ "id": "x",\n  "choices": [ {"a":"}"} ] ')).toBe(true);
  });

  it('says pending where platform credits are charged after the answer', () => {
    expect(JSON.parse(withCallFacts(Buffer.from('{}'), { ...facts, attempt: { ...attempt, usesPlatformCredits: true } }).toString())).toEqual({ 'x-using-byok': 'false', 'x-provider': 'openrouter', 'x-credits-charged': 'pending' });
  });

  it('leaves alone what is no JSON object', () => expect(withCallFacts(Buffer.from('[1]'), facts).toString()).toBe('[1]'));
});

describe('appendFacts', () => {
  it("lets nothing of a caller's word into a header that could end it", () => {
    const flat: string[] = [];
    appendFacts(flat, { ...facts, attempt: { ...attempt, model: 'evil\r\nx-using-byok: false é' } });
    expect(flat[flat.indexOf('x-byok-model') + 1]).toBe('evil??x-using-byok:?false??');
  });
});
