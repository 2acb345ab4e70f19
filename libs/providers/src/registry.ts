import type { Provider } from './provider.js';

export declare const PROVIDERS: readonly Provider[];

/** By id or alias. */
export declare function findProvider(idOrAlias: string): Provider | undefined;
