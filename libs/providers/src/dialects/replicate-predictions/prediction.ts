import { AppError } from '@byok/kernel';
import { inner } from '../count.js';
import { asObject, textAt } from '../members.js';
import type { Found } from '../../find-usage.js';

const FINAL: ReadonlySet<string> = new Set(['succeeded', 'failed', 'canceled', 'aborted']);

/** @throws AppError upstream_error when it is no prediction */
export function readPrediction(body: unknown): { prediction: Found; status: string; isFinal: boolean } {
  const prediction = asObject(body);
  const status = prediction && textAt(prediction, 'status');
  if (!prediction || status === null) throw new AppError('upstream_error', "The provider's answer is not one of Replicate's predictions.");
  return { prediction, status, isFinal: FINAL.has(status) };
}

/** The key may go there. */
const API = /^(?:[a-z0-9-]+\.)*replicate\.com$/;
/** A stream's URL is a secret by itself and is asked for without a key; it may lie on another host of theirs. */
const STREAMS = /^(?:[a-z0-9-]+\.)*replicate\.(?:com|net)$/;

/** One of the URLs that a prediction names, if it leads to Replicate and nowhere else. */
export function urlOf(prediction: Found, name: 'get' | 'cancel' | 'stream'): string | null {
  const text = textAt(inner(prediction, 'urls') ?? {}, name);
  const url = text === null ? null : parsed(text);
  if (!url || url.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '') return null;
  return (name === 'stream' ? STREAMS : API).test(url.hostname) ? url.href : null;
}

/** True when it names one, good or bad. */
export function hasUrl(prediction: Found, name: 'get' | 'cancel' | 'stream'): boolean {
  return textAt(inner(prediction, 'urls') ?? {}, name) !== null;
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    // The parser's message quotes the input, so it is dropped on purpose.
    return null;
  }
}
