import { gatherEvents } from './gather-events.js';
import { crashedEnd, intentLine, outcomeLine, sameFields, startFields, TRIAL_LINE, type UsageStart } from './records.js';

const aStart = (eventId: string): UsageStart => ({ eventId, requestId: 'req_1', attempt: 1, orgId: 'org_1', groupId: null, userId: 'usr_1', tokenId: null, keyId: 'key_1', keyOwner: 'user', keyOwnerId: 'usr_1', provider: 'openai', model: 'm', endpoint: 'chat', stream: true, startedAt: 5, tags: {} });
const fieldsOf = (eventId: string): string => startFields(aStart(eventId), sameFields(aStart(eventId)));
const anOutcome = (eventId: string): string => outcomeLine(fieldsOf(eventId), crashedEnd(40, 9));
const anIntent = (eventId: string): string => intentLine(fieldsOf(eventId), 40);

interface Read {
  ids: string[];
  foreign: number[];
  end: number;
}

function read(piece: string, maxEvents = 100): Read {
  const foreign: number[] = [];
  const { lines, events, end } = gatherEvents(Buffer.from(piece, 'latin1'), maxEvents, (at) => foreign.push(at));
  const ids = events === 0 ? [] : lines.toString().split('\n').map((line) => (JSON.parse(line) as { eventId: string }).eventId);
  expect(ids).toHaveLength(events);
  return { ids, foreign, end };
}

describe('gatherEvents', () => {
  const segment = anIntent('a') + anIntent('b') + anOutcome('a') + TRIAL_LINE + anOutcome('b') + anIntent('c') + anOutcome('c');

  it('finds every event once, in order, wherever the piece that was read ends', () => {
    for (let cut = 0; cut <= segment.length; cut++) {
      const before = read(segment.slice(0, cut));
      const after = read(segment.slice(before.end));
      expect([...before.ids, ...after.ids]).toEqual(['a', 'b', 'c']);
      expect([...before.foreign, ...after.foreign]).toEqual([]);
      expect(before.end + after.end).toBe(segment.length);
    }
  });

  it('hands over events as they were written, byte for byte', () => {
    const { lines } = gatherEvents(Buffer.from(segment), 100, () => undefined);
    expect(lines.toString()).toBe(['a', 'b', 'c'].map((id) => anOutcome(id).slice('{"t":"outcome","event":'.length, -'}\n'.length)).join('\n'));
  });

  it('stops behind the last event that a batch may hold', () => {
    const first = read(segment, 2);
    expect(first.ids).toEqual(['a', 'b']);
    expect(read(segment.slice(first.end), 2).ids).toEqual(['c']);
  });

  it('tells where a line begins that nobody here wrote, and reads on', () => {
    const strange = ['garbage\n', '\n', '{"t":"outcome"\n', '{"t":"outcome","event":\n', '{"t":"outcome","event":}\n', '{"t":"trial"} \n', '{"t":"intent\n', '{"t":"oddly","event":{}}\n', '\xff\xfe\n', '{"t":"'.concat('\n')];
    for (const line of strange) {
      expect(read(anOutcome('a') + line + anOutcome('b'))).toMatchObject({ ids: ['a', 'b'], foreign: [anOutcome('a').length] });
      expect(read(line + anIntent('a') + anOutcome('a'))).toMatchObject({ ids: ['a'], foreign: [0] });
    }
  });

  it('leaves a last line that is torn at any byte, and finds nothing in nothing', () => {
    const whole = anOutcome('a');
    for (let length = 0; length < whole.length; length++) expect(read(whole + anOutcome('b').slice(0, length))).toEqual({ ids: ['a'], foreign: [], end: whole.length });
    expect(read('')).toEqual({ ids: [], foreign: [], end: 0 });
  });
});
