import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import type { WitnessRow } from './witness.js';

/** Writes an answer the way the rule asks, and notes in the row what really went out. */
export async function deliver(response: ServerResponse, answer: Answer, rule: BehaviourRule, row: WitnessRow): Promise<void> {
  if (rule.delayMs) await sleep(rule.delayMs);
  if (response.destroyed) return;
  if (rule.isSilent) return;
  if (rule.cutAfterEvents === 0) return cut(response, row);
  if (answer.kind === 'body') return deliverBody(response, answer, rule, row);

  response.writeHead(200, { 'content-type': answer.contentType ?? 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-request-id': row.headers['x-request-id'] ?? 'req_fake', ...rule.headers });
  row.status = 200;
  const isPaced = rule.betweenEventsMs !== undefined || rule.cutAfterEvents !== undefined || rule.endAfterEvents !== undefined;
  if (isPaced) return deliverPaced(response, answer, rule, row);
  const whole = answer.events.every((event) => typeof event === 'string') ? answer.events.join('') : Buffer.concat(answer.events.map((event) => Buffer.from(event as Uint8Array)));
  response.end(whole);
  finish(row, answer, answer.events.length, Buffer.byteLength(whole));
}

function deliverBody(response: ServerResponse, answer: Extract<Answer, { kind: 'body' }>, rule: BehaviourRule, row: WitnessRow): void {
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': body.length, 'x-request-id': 'req_fake', ...answer.headers, ...rule.headers });
  row.status = answer.status;
  response.end(body);
  finish(row, answer, 0, body.length);
}

async function deliverPaced(response: ServerResponse, answer: Extract<Answer, { kind: 'events' }>, rule: BehaviourRule, row: WitnessRow): Promise<void> {
  response.flushHeaders();
  for (const event of answer.events) {
    if (row.eventsDelivered === rule.cutAfterEvents) return cut(response, row);
    if (row.eventsDelivered === rule.endAfterEvents) return end(response, row);
    if (rule.betweenEventsMs) await sleep(rule.betweenEventsMs);
    if (response.destroyed) return;
    // Given to the system before anything else happens: a cut must not take back what was delivered.
    await new Promise<void>((resolve) => response.write(event, () => resolve()));
    row.eventsDelivered += 1;
    row.bytesDelivered += Buffer.byteLength(event);
  }
  response.end();
  finish(row, answer, row.eventsDelivered, row.bytesDelivered);
}

function finish(row: WitnessRow, answer: Answer, events: number, bytes: number): void {
  row.eventsDelivered = events;
  row.bytesDelivered = bytes;
  row.usage = answer.usage;
  row.isFinished = true;
}

function end(response: ServerResponse, row: WitnessRow): void {
  row.isCut = true;
  row.isFinished = true;
  response.end();
}

function cut(response: ServerResponse, row: WitnessRow): void {
  row.isCut = true;
  row.isFinished = true;
  response.destroy();
}
