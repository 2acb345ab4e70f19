import type { Meters } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import type { ChatAnswer } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import { count, inner } from '../count.js';
import { secondsOf, textAt } from '../members.js';
import type { Found } from '../../find-usage.js';
import type { Provider } from '../../provider.js';
import { scrubKeyShapes } from '../../scrub-key-shapes.js';
import { readPrediction } from './prediction.js';

export function readAnswer(body: unknown, _provider: Provider, request: ChatRequest): ChatAnswer {
  const { prediction, status, isFinal } = readPrediction(body);
  if (!isFinal) throw new AppError('upstream_error', 'The provider gave the prediction away before it was finished.');
  if (status !== 'succeeded') throw new AppError('upstream_error', `The prediction did not succeed (${status}).${reasonOf(prediction)}`);
  const text = outputText(prediction.output);
  const metrics = inner(prediction, 'metrics');
  return {
    id: textAt(prediction, 'id') ?? '',
    model: textAt(prediction, 'model') ?? request.model,
    createdAt: secondsOf(textAt(prediction, 'created_at')),
    choices: [{ index: 0, parts: text === '' ? [] : [{ type: 'text', text }], finish: 'stop' }],
    meters: metrics && metersOf(metrics),
    vendor: metrics ? { metrics } : {},
  };
}

function reasonOf(prediction: Found): string {
  const said = textAt(prediction, 'error');
  return said === null || said === '' ? '' : ` Replicate said: ${scrubKeyShapes(said)}`;
}

/** Language models give a text, or its pieces in a list. */
function outputText(output: unknown): string {
  if (output === null || output === undefined) return '';
  if (typeof output === 'string') return output;
  if (Array.isArray(output) && output.every((piece) => typeof piece === 'string')) return output.join('');
  throw new AppError('upstream_error', 'This model did not answer with text. It may not be a language model.');
}

/** Models billed by hardware time count no tokens; the others use one of two sets of names. */
function metersOf(metrics: Found): Meters | null {
  const input = count(metrics, 'token_input_count') ?? count(metrics, 'input_token_count');
  const output = count(metrics, 'token_output_count') ?? count(metrics, 'output_token_count');
  if (input === null && output === null) return null;
  return { inputUncached: input ?? 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: output ?? 0, reasoning: 0, audioIn: 0, audioOut: 0 };
}
