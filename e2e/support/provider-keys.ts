import { randomBytes } from 'node:crypto';

const hex = (bytes: number) => randomBytes(bytes).toString('hex');

/** Keys in the shape each provider issues them; every call makes another one. */
export const providerKeys = {
  openai: () => `sk-proj-e2e${hex(24)}`,
  anthropic: () => `sk-ant-api03-e2e${hex(40)}AA`,
  openrouter: () => `sk-or-v1-${hex(32)}`,
  groq: () => `gsk_${hex(26)}`,
  mistral: () => hex(16),
  /** Of the right shape, but the fake upstream refuses it, quoting it. */
  refusedOpenai: () => `sk-proj-bad${hex(24)}`,
} as const;
