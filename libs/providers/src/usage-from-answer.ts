import type { Meters } from '@byok/contracts';
import type { Dialect, Provider } from './provider.js';

/** Meters of a whole plain answer (text or parsed); null when it carries no usage. */
export declare function usageFromAnswer(provider: Provider, dialect: Dialect, answer: string | object): Meters | null;
