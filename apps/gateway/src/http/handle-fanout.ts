import type { IncomingMessage, ServerResponse } from 'node:http';
import { toAppError, type Clock, type RequestId } from '@byok/kernel';
import { partIdOf } from '../request-id.js';
import { answerError } from './answer-error.js';
import { Call } from './call.js';
import { finishCall, runCall, type HandleCallDeps } from './handle-call.js';
import type { HotRoute } from './hot-routes.js';
import type { ReadBody } from './incoming-body.js';
import { KeptResponse, type Kept } from './kept-response.js';
import { readFanout, type FanoutPart } from './read-fanout.js';

/** What the calls inside a fan-out are: chats, metered like any other. */
const FANOUT: HotRoute = { method: 'POST', path: '/v1/fanout', endpoint: 'chat', dialect: 'openai' };

export function isFanoutPath(path: string): boolean {
  return path === FANOUT.path;
}

/** One prompt to several models: a call of its own for each, all at once; the answers come together, in order. */
export function handleFanout(request: IncomingMessage, response: ServerResponse, deps: HandleCallDeps): void {
  const call = new Call(FANOUT, request, response, deps.clock);
  fanOut(call, deps).then(
    (answer) => {
      response.writeHead(200, ['content-type', 'application/json', 'content-length', String(answer.length), 'x-request-id', call.requestId]);
      response.end(answer);
    },
    (error: unknown) => {
      const known = toAppError(error);
      answerError(response, FANOUT.dialect, known, call.requestId);
      finishCall(call, known, deps);
    },
  );
}

/** @throws AppError where the request as a whole is no good; what one model says is in its part of the answer */
async function fanOut(call: Call, deps: HandleCallDeps): Promise<Buffer> {
  await deps.authenticate(call.credential, call.request);
  const parts = readFanout(await call.body(deps.limits.maxBodyBytes)).map((part, index) => new PartCall(call, part, index, deps.clock));
  call.assertWanted();
  call.response.on('close', () => parts.forEach((part) => part.kept.destroy()));
  for (const part of parts) runCall(part, deps);
  const answers = await Promise.all(parts.map(({ kept }) => kept.whole));
  return Buffer.from(JSON.stringify({ object: 'list', id: call.requestId, data: parts.map((part, index) => told(part, index, answers[index])) }));
}

/** The call for one model, with an id by which it is found beside its siblings. */
class PartCall extends Call {
  readonly kept: KeptResponse;

  constructor(
    whole: Call,
    readonly part: FanoutPart,
    index: number,
    clock: Clock,
  ) {
    const kept = new KeptResponse();
    super(FANOUT, whole.request, kept, clock, partIdOf(whole.requestId, index));
    this.kept = kept;
  }

  override body(): ReadBody {
    return { bytes: this.part.body, scan: null };
  }
}

interface ToldPart {
  index: number;
  model: string;
  request_id: RequestId;
  status: number;
  provider: string | null;
  key_owner: string | null;
  response: unknown;
  error: unknown;
}

function told({ part, record, requestId }: PartCall, index: number, kept: Kept | undefined): ToldPart {
  const { status, body } = kept ?? { status: 499, body: Buffer.alloc(0) };
  const said = parse(body);
  return {
    index,
    model: part.model,
    request_id: requestId,
    status,
    provider: record.attempt?.provider.id ?? null,
    key_owner: record.attempt?.owner.type ?? null,
    response: status < 300 ? said : null,
    error: status < 300 ? null : ((said as { error?: unknown } | null)?.error ?? said),
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    // A provider's own page, or nothing at all.
    return null;
  }
}
