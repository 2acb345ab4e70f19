import type { TrustedIssuer as IssuerOnWire } from '@byok/contracts';
import type { TrustedIssuer } from '@byok/identity';

export function issuerToWire({ createdAt, ...issuer }: TrustedIssuer): IssuerOnWire {
  return { ...issuer, createdAt: createdAt.toISOString() };
}
