import fc from 'fast-check';
import { crashedEnd, intentLine, outcomeLine, parseIntent, parseOutcome, sameFields, startFields, type UsageStart } from './records.js';

const start: UsageStart = { eventId: 'evt_1', requestId: 'req_1', attempt: 1, orgId: 'org_1', groupId: null, userId: 'usr_1', tokenId: null, keyId: 'key_1', keyOwner: 'user', keyOwnerId: 'usr_1', provider: 'openai', model: 'm', endpoint: 'chat', stream: true, startedAt: 5, tags: {} };
const fieldsOf = (of: UsageStart): string => startFields(of, sameFields(of));

describe('spool records', () => {
  it('come back as they were written, whatever the model is called, in ASCII and in one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 256 }), (model) => {
        const { tags: _none, ...withoutTags } = start;
        const fields = fieldsOf({ ...start, model });
        const intent = intentLine(fields, 40);
        const outcome = outcomeLine(fields, crashedEnd(40, 9));
        for (const line of [intent, outcome]) expect(line).toMatch(/^[\x20-\x7e]+\n$/);
        expect(parseIntent(intent)).toMatchObject({ start: { ...withoutTags, model }, requestBytes: 40 });
        expect(parseOutcome(outcome)).toEqual({ v: 1, ...withoutTags, model, ...crashedEnd(40, 9) });
      }),
    );
  });

  it('carry tags in whatever letters, and none where there are none', () => {
    const tagged = outcomeLine(fieldsOf({ ...start, tags: { project: 'Zoë "x"\n' } }), crashedEnd(40, 9));
    expect(tagged).toMatch(/^[\x20-\x7e]+\n$/);
    expect(parseOutcome(tagged)).toMatchObject({ tags: { project: 'Zoë "x"\n' } });
    expect(outcomeLine(fieldsOf(start), crashedEnd(40, 9))).not.toContain('tags');
  });
});
