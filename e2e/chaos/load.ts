import { setTimeout as sleep } from 'node:timers/promises';
import { weighted, type Dice } from './dice.js';
import { MODELS, type Caller, type Scene } from './scene.js';

const KINDS = { whole: 45, stream: 30, slow: 6, abort: 8, cut: 6, 'without usage': 2, wrong: 2, broken: 1 } as const;
type Kind = keyof typeof KINDS;

/** How a call ended for its client. */
export type Ending = 'ok' | 'refused' | 'failed' | 'cut' | 'left' | 'unreachable';

export interface ChaosCall {
  /** In the tag of its events and in the body that the provider sees. */
  id: string;
  caller: Caller;
  kind: Kind;
  model: string;
  ending: Ending;
  status: number;
  code: string;
  /** What a whole answer told its client. */
  told: { inputTokens: number; outputTokens: number } | undefined;
}

const PAUSE_MS = 250;
const WHEN_AWAY_MS = 200;
const CALL_LIMIT_MS = 20_000;

/** Calls of every kind by everybody, several at a time, until the signal. */
export async function makeLoad(gatewayUrl: string, scene: Scene, options: { dice: Dice; workers: number; signal: AbortSignal; calls: ChaosCall[] }): Promise<void> {
  const { workers, signal, calls } = options;
  const worker = async (number: number, dice: Dice): Promise<void> => {
    for (let count = 0; !signal.aborted; count++) {
      const call = await makeCall(gatewayUrl, `c${number}.${count}`, dice.pick(scene.callers), dice);
      calls.push(call);
      await sleep(dice.below(PAUSE_MS) + (call.ending === 'unreachable' || call.ending === 'failed' ? WHEN_AWAY_MS : 0));
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, number) => worker(number, options.dice.fork())));
}

async function makeCall(gatewayUrl: string, id: string, caller: Caller, dice: Dice): Promise<ChaosCall> {
  const kind = weighted(dice, KINDS);
  const model = modelFor(kind, dice);
  const isStream = kind === 'stream' || kind === 'slow' || kind === 'cut' || (kind === 'abort' && dice.chance(0.8));
  const content = `Tell me ${'more '.repeat(dice.below(40))}`;
  const limit = dice.chance(0.5) ? { max_tokens: 8 + dice.below(56) } : {};
  const usage = isStream && dice.chance(0.5) ? { stream_options: { include_usage: true } } : {};
  const body = { model, user: `${caller.name} ${id}`, messages: [{ role: 'user', content }], stream: isStream, ...limit, ...usage };
  const patience = kind === 'abort' ? dice.below(400) : CALL_LIMIT_MS;
  const end = await send(gatewayUrl, caller.token, id, body, AbortSignal.timeout(patience));
  return { id, caller, kind, model, ...end, ending: kind === 'abort' && end.ending === 'unreachable' ? 'left' : end.ending };
}

function modelFor(kind: Kind, dice: Dice): string {
  if (kind === 'slow' || kind === 'abort') return MODELS.slow;
  if (kind === 'cut') return MODELS.cut;
  if (kind === 'without usage') return MODELS.silentOnUsage;
  if (kind === 'wrong') return MODELS.wrong;
  return kind === 'broken' ? MODELS.broken : dice.pick(MODELS.good);
}

type End = Pick<ChaosCall, 'ending' | 'status' | 'code' | 'told'>;

async function send(gatewayUrl: string, token: string, id: string, body: { stream: boolean }, signal: AbortSignal): Promise<End> {
  let status = 0;
  try {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'x-byok-tags': `call=${id}` };
    const answer = await fetch(`${gatewayUrl}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body), signal });
    status = answer.status;
    const text = await answer.text();
    if (status !== 200) return { ending: status === 402 || status === 422 || status === 429 ? 'refused' : 'failed', status, code: codeOf(text), told: undefined };
    if (body.stream) return { ending: text.trimEnd().endsWith('[DONE]') ? 'ok' : 'cut', status, code: '', told: undefined };
    return { ending: 'ok', status, code: '', told: toldBy(text) };
  } catch {
    return { ending: status === 0 ? 'unreachable' : 'cut', status, code: '', told: undefined };
  }
}

function codeOf(text: string): string {
  try {
    return (JSON.parse(text) as { error?: { code?: string } }).error?.code ?? 'unknown';
  } catch {
    return 'not JSON';
  }
}

function toldBy(text: string): ChaosCall['told'] {
  const { usage } = JSON.parse(text) as { usage?: { prompt_tokens: number; completion_tokens: number } };
  return usage && { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens };
}
