import { findProvider } from '@byok/providers';
import type { RoutingPolicy } from '../plan.js';
import { byNumber, type Compare } from './ordered.js';

/** The caller's default provider first, their fallback provider second, whoever else after them. */
export function byPreference({ preferences }: RoutingPolicy): Compare {
  const ranked = [preferences?.defaultProvider, preferences?.fallbackProvider].map((name) => (name === undefined ? undefined : findProvider(name)?.id));
  if (ranked.every((id) => id === undefined)) return () => 0;
  return byNumber(({ provider }) => (ranked.includes(provider.id) ? ranked.indexOf(provider.id) : ranked.length));
}
