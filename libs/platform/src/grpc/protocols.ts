import { createRequire } from 'node:module';

export type ProtocolName = 'key_vault' | 'usage_billing' | 'gateway_probe';

const PACKAGES: Record<ProtocolName, string> = { key_vault: 'byok.vault', usage_billing: 'byok.billing', gateway_probe: 'byok.probe' };

/** How messages look in TypeScript: camelCase, numbers for 64-bit integers, defaults filled in. */
export const PROTO_LOADING = { keepCase: false, longs: Number, enums: String, defaults: true, arrays: true, objects: true, oneofs: true };

export function protocol(name: ProtocolName): { package: string; path: string } {
  return { package: PACKAGES[name], path: createRequire(import.meta.url).resolve(`@byok/contracts/proto/${name}.proto`) };
}
