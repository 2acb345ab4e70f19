import { jsonAnswer, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { onlyFields, Refused, textOf } from './check-shape.js';
import { countUsage, promptCharacters, textPieces, textTokensFor } from './count-usage.js';
import type { RequestBody } from './openai-chat.js';
import type { WitnessRow, WitnessUsage } from './witness.js';

interface Prediction {
  pieces: string[];
  usage: WitnessUsage;
  rule: BehaviourRule;
  fields: object;
  reads: number;
}

/** What a language model there takes; the schema of its input refuses nothing else, but we do: a wrong name is a lost parameter. */
const INPUT = 'prompt system_prompt max_tokens max_new_tokens min_tokens temperature top_p top_k stop_sequences seed presence_penalty frequency_penalty prompt_template image';

/** Addresses as Replicate gives them: a caller that was sent here must come back here with their paths. */
const API = 'https://api.replicate.com/v1';
const STREAMS = 'https://stream.replicate.com/v1/files';

/** Replicate: a prediction is made, then polled or streamed from the addresses in it. One memory per fake. */
export class ReplicatePredictions {
  readonly #made = new Map<string, Prediction>();

  /** POST …/predictions. With `Prefer: wait` it answers when it is done; otherwise the caller has to come back. */
  make(body: RequestBody, rule: BehaviourRule, id: string, row: WitnessRow): Answer {
    onlyFields(body, 'body', 'input stream version webhook webhook_events_filter');
    const input = onlyFields(body['input'], 'input', INPUT);
    textOf(input['prompt'], 'input.prompt');
    if (input['system_prompt'] !== undefined) textOf(input['system_prompt'], 'input.system_prompt');
    if (!row.path.includes('/models/')) textOf(body['version'], 'version');
    const characters = promptCharacters([input['prompt'], input['system_prompt']]);
    const pieces = textPieces(textTokensFor(characters, input['max_tokens'] ?? input['max_new_tokens'], rule));
    const usage = { ...countUsage({ promptCharacters: characters, model: row.model ?? '', outputTokens: pieces.length }, rule), cachedTokens: 0 };
    const urls = { get: `${API}/predictions/${id}`, cancel: `${API}/predictions/${id}/cancel`, ...(body['stream'] === true ? { stream: `${STREAMS}/${id}` } : {}) };
    const fields = { id, model: row.model, version: 'hidden', input, logs: '', error: null, created_at: '2025-10-09T08:53:20.000Z', urls };
    const prediction: Prediction = { pieces, usage, rule, fields, reads: 0 };
    this.#made.set(id, prediction);
    const isWaiting = /\bwait\b/.test(row.headers['prefer'] ?? '') && body['stream'] !== true;
    return isWaiting ? this.#finished(prediction, 201) : jsonAnswer({ ...fields, status: 'starting', output: null }, null, 201);
  }

  /** GET of a prediction: not done the first time it is looked at, unless it was streamed. */
  read(row: WitnessRow): Answer {
    const prediction = this.#find(row);
    prediction.reads += 1;
    return prediction.reads === 1 ? jsonAnswer({ ...prediction.fields, status: 'processing', output: null }) : this.#finished(prediction, 200);
  }

  /** GET of the stream, whose address is its own proof. It tells no usage: whoever wants that reads the prediction afterwards. */
  stream(row: WitnessRow): Answer {
    if (!/text\/event-stream/.test(row.headers['accept'] ?? '')) throw new Refused('Accept: text/event-stream is missing', 406);
    const prediction = this.#find(row);
    prediction.reads = 1;
    const events = prediction.pieces.map((piece, index) => `event: output\nid: ${index}:0\ndata: ${piece}\n\n`);
    return { kind: 'events', events: [...events, 'event: done\nid: done\ndata: {}\n\n'], usage: null };
  }

  cancel(row: WitnessRow): Answer {
    return jsonAnswer({ ...this.#find(row).fields, status: 'canceled', output: null });
  }

  #finished({ pieces, usage, rule, fields }: Prediction, status: number): Answer {
    const told = rule.withoutUsage ? null : usage;
    const counts = told ? { input_token_count: told.inputTokens, output_token_count: told.outputTokens } : {};
    return jsonAnswer({ ...fields, status: 'succeeded', output: pieces, metrics: { predict_time: 0.01, ...counts } }, told, status);
  }

  #find(row: WitnessRow): Prediction {
    const id = /\/(?:predictions|files)\/([^/?]+)/.exec(row.path)?.[1] ?? '';
    const prediction = this.#made.get(id);
    if (!prediction) throw new Refused('Not found', 404);
    return prediction;
  }
}
