import { AppError } from '@byok/kernel';
import { scanBody } from '@byok/providers';
import { incomingBody, type IncomingBody, type ReadBody } from './incoming-body.js';

const wholeOf = (body: IncomingBody): Promise<ReadBody> => new Promise((resolve) => body.whole(resolve));
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const large = Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'She said "wait", then:\n\tZürich 東京 🚲\n'.repeat(20_000) }], stream: true }));

interface Heard {
  refusals: AppError[];
  body: IncomingBody;
}

function incoming(announced: number | null, isScanned = true): Heard {
  const refusals: AppError[] = [];
  return { refusals, body: incomingBody({ announced, maxBytes: 4_000_000, isScanned, refuse: (error) => void refusals.push(error as AppError) }) };
}

function addIn(pieces: number, body: IncomingBody, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at += pieces) body.add(bytes.subarray(at, at + pieces));
}

describe('incomingBody', () => {
  it('leaves a small body as it came, and unscanned', async () => {
    const { body } = incoming(100);
    const chunk = Buffer.from('{"model":"m"}');
    body.add(chunk);
    expect((await wholeOf(body)).bytes).toBe(chunk);
    expect((await wholeOf(body)).scan).toBeNull();
    body.add(chunk);
    expect((await wholeOf(body)).bytes.toString()).toBe('{"model":"m"}{"model":"m"}');
  });

  it.each([[1_000], [65_536], [70_001], [2_000_000]])('puts a large one together from pieces of %d bytes, with the scan that it would get as a whole', async (pieces) => {
    const { body, refusals } = incoming(large.length);
    addIn(pieces, body, large);
    const read = await wholeOf(body);
    expect(read.bytes.equals(large)).toBe(true);
    expect(read.scan).toEqual(scanBody(large));
    expect(refusals).toEqual([]);
  });

  it.each([[1_000], [65_536], [2_000_000]])('does so where nobody said how long it would be, in pieces of %d bytes', async (pieces) => {
    for (const bytes of [large, large.subarray(0, 60_000)]) {
      const { body } = incoming(null);
      addIn(pieces, body, bytes);
      if (bytes === large) expect((await wholeOf(body)).scan).toEqual(scanBody(large));
      expect((await wholeOf(body)).bytes.equals(bytes)).toBe(true);
    }
  });

  it('scans it whether its turns come between the pieces, or behind them all', async () => {
    const { body } = incoming(large.length);
    for (let at = 0; at < large.length; at += 50_000) {
      body.add(large.subarray(at, at + 50_000));
      if (at % 150_000 === 0) await nextTurn();
    }
    expect((await wholeOf(body)).scan).toEqual(scanBody(large));
  });

  it('gives other work its turns while it scans, however fast a body came', async () => {
    const slow = Buffer.from(`{"a":[${'{"b":1},'.repeat(400_000)}1]}`);
    const { body } = incoming(slow.length);
    body.add(slow);
    let turns = 0;
    let isRead = false;
    const count = (): void => {
      turns += 1;
      if (!isRead) setImmediate(count);
    };
    setImmediate(count);
    await wholeOf(body);
    isRead = true;
    expect(turns).toBeGreaterThan(5);
  });

  it('refuses a large body once, as soon as it has proved to be wrong, and looks at nothing more', async () => {
    const { body, refusals } = incoming(1_000_000);
    body.add(Buffer.from('{"model":"m","model":"n",'));
    await nextTurn();
    expect(refusals.map((error) => error.code)).toEqual(['duplicate_field']);
    body.add(Buffer.from('}}}'));
    await nextTurn();
    expect(refusals).toHaveLength(1);
  });

  it('says what is missing when the body ends too early', async () => {
    const { body, refusals } = incoming(large.length);
    addIn(65_536, body, Buffer.concat([large.subarray(0, -1), Buffer.from(' ')]));
    void wholeOf(body);
    while (refusals.length === 0) await nextTurn();
    expect(refusals[0]!.message).toContain(`ends too early at byte ${large.length}`);
  });

  it('does not look into what is no dialect of ours yet', async () => {
    const { body, refusals } = incoming(large.length, false);
    addIn(65_536, body, Buffer.alloc(large.length, 'x'));
    const { bytes, scan } = await wholeOf(body);
    expect([bytes.equals(Buffer.alloc(large.length, 'x')), scan]).toEqual([true, null]);
    expect(refusals).toEqual([]);
  });

  it('stops scanning what nobody waits for any more', async () => {
    const { body, refusals } = incoming(1_000_000);
    body.add(Buffer.from('}}}'));
    body.drop();
    await nextTurn();
    expect(refusals).toEqual([]);
  });
});
