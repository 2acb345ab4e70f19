import { AppError } from '@byok/kernel';
import type { ChatRequest } from '../chat-form.js';
import type { Abandonment, FollowUp } from '../dialect.js';
import { asObject, textAt } from '../members.js';
import { hasUrl, readPrediction, urlOf } from './prediction.js';

/** How often a prediction is looked at while it runs. */
const POLL_MS = 500;

/** A model that cannot stream is polled for, whatever was asked; its answer then comes in one piece. */
export function followUp(body: unknown, request: ChatRequest): FollowUp | null {
  const { prediction, isFinal } = readPrediction(body);
  if (isFinal) return null;
  const isStream = request.stream && hasUrl(prediction, 'stream');
  const url = urlOf(prediction, isStream ? 'stream' : 'get');
  if (url === null) throw new AppError('upstream_error', 'The provider began a prediction and did not say where its result will be.');
  return { method: 'GET', url, isStream, carriesKey: !isStream, afterMs: isStream ? 0 : POLL_MS };
}

/** Without it the prediction would run, and cost, to its end. */
export function abandon(body: unknown): Abandonment | null {
  const prediction = asObject(body);
  if (!prediction || textAt(prediction, 'status') === null || readPrediction(prediction).isFinal) return null;
  const url = urlOf(prediction, 'cancel');
  return url === null ? null : { method: 'POST', url };
}
