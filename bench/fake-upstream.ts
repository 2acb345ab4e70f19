/**
 * The provider that every proxy of the benchmark stands in front of: HTTP/1.1 on node:net with just enough parsing for its
 * own callers, so that one core carries it and the load generator. Answers are ready-made bytes; what to answer is said by
 * the request: `"stream":true`, and `bench-paced` or `bench-idle` anywhere in the body.
 */
import { createServer, type Socket } from 'node:net';
import { PLAIN_ANSWER, STREAM_FRAMES, STREAM_HEAD, STREAM_END } from './answers.js';

const PACE_MS = 20;
const HEAD_END = Buffer.from('\r\n\r\n');
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const STREAM_WANTED = [Buffer.from('"stream":true'), Buffer.from('"stream": true')];
const PACED = Buffer.from('bench-paced');
const IDLE = Buffer.from('bench-idle');
/** Markers stand near the start or near the end of a body; a large prompt is not searched whole. */
const SEARCHED_BYTES = 1024;

const FIRST_WRITE = Buffer.concat([STREAM_HEAD, STREAM_FRAMES[0]!]);
const REST_WRITE = Buffer.concat([...STREAM_FRAMES.slice(1), STREAM_END]);

const server = createServer({ noDelay: true }, (socket) => {
  let held: Buffer | undefined;
  let wanted = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    if (held) {
      // A large body: bytes are counted, and only its ends are kept.
      wanted -= chunk.length;
      if (wanted > 0) return void (held = Buffer.concat([held.subarray(0, SEARCHED_BYTES * 2), chunk.subarray(-SEARCHED_BYTES)]));
      const request = Buffer.concat([held, chunk]);
      held = undefined;
      return answer(socket, request);
    }
    const headEnd = chunk.indexOf(HEAD_END);
    const length = headEnd < 0 ? undefined : CONTENT_LENGTH.exec(chunk.toString('latin1', 0, headEnd))?.[1];
    if (length === undefined) return void socket.end('HTTP/1.1 501 Not Implemented\r\ncontent-length: 0\r\n\r\n');
    wanted = headEnd + HEAD_END.length + Number(length) - chunk.length;
    if (wanted > 0) held = chunk;
    else answer(socket, chunk);
  });
});

function answer(socket: Socket, request: Buffer): void {
  const ends = request.length <= 4 * SEARCHED_BYTES ? [request] : [request.subarray(0, 2 * SEARCHED_BYTES), request.subarray(-2 * SEARCHED_BYTES)];
  const says = (mark: Buffer): boolean => ends.some((end) => end.includes(mark));
  if (!STREAM_WANTED.some(says)) return void socket.write(PLAIN_ANSWER);
  socket.write(FIRST_WRITE);
  if (says(IDLE)) return;
  if (says(PACED)) pace(socket, 1);
  else setImmediate(() => socket.write(REST_WRITE));
}

function pace(socket: Socket, index: number): void {
  setTimeout(() => {
    if (socket.destroyed) return;
    const frame = STREAM_FRAMES[index];
    socket.write(frame ?? STREAM_END);
    if (frame) pace(socket, index + 1);
  }, PACE_MS);
}

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', 4096, () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 });
});
process.once('disconnect', () => process.exit(0));
