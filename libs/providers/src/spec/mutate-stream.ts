import { frame as frameOf } from '../dialects/bedrock-converse/frames.builder.js';
import { EventFrames } from '../dialects/wire/event-frames.js';
import type { Framing } from './dialect-world.js';
import { mutateBytes, mutateJson, mutateOrder, writeMutated } from './mutate.js';
import type { Dice } from './mutate.js';

/** A stream changed in its bytes, in the order of its events, or in what one of them says. */
export function mutateStream(stream: Buffer, kind: Framing['kind'], dice: Dice): Buffer {
  const how = dice.roll(3);
  if (how === 0) return mutateBytes(stream, dice);
  const events = eventsOf(stream, kind);
  if (how === 1) return Buffer.concat(mutateOrder(events, dice));
  const at = dice.roll(events.length);
  return Buffer.concat(events.with(at, kind === 'frames' ? mutateFrame(events[at]!, dice) : mutateText(events[at]!, dice)));
}

const CUT = new WeakMap<Buffer, Buffer[]>();

/** With what ends each of them. */
export function eventsOf(stream: Buffer, kind: Framing['kind']): Buffer[] {
  const known = CUT.get(stream) ?? cutIntoEvents(stream, kind);
  CUT.set(stream, known);
  return known;
}

function cutIntoEvents(stream: Buffer, kind: Framing['kind']): Buffer[] {
  if (kind !== 'frames') return stream.toString().split(kind === 'sse' ? /(?<=\n\n)/ : /(?<=\n)/).map((event) => Buffer.from(event));
  const frames: Buffer[] = [];
  for (let at = 0; at < stream.length; at += frames.at(-1)!.length) frames.push(stream.subarray(at, at + stream.readUInt32BE(at)));
  return frames;
}

function mutateText(event: Buffer, dice: Dice): Buffer {
  return Buffer.from(event.toString().replace(/\{.*\}/, (json) => mutatedJson(json, dice)));
}

function mutateFrame(bytes: Buffer, dice: Dice): Buffer {
  const [frame] = new EventFrames().see(bytes);
  return frame ? frameOf({ ':event-type': frame.name, ':content-type': 'application/json', ':message-type': 'event' }, mutatedJson(frame.data, dice)) : bytes;
}

function mutatedJson(json: string, dice: Dice): string {
  return writeMutated(mutateJson(JSON.parse(json), dice), dice);
}
