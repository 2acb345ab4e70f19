import type { Alert, AlertMessage } from '@byok/contracts';

export function alertToWire({ factsJson, acknowledgedAt, acknowledgedBy, deliveries, ...facts }: AlertMessage): Alert {
  return {
    ...(facts as Pick<Alert, 'id' | 'kind' | 'subject' | 'text' | 'createdAt'>),
    facts: JSON.parse(factsJson) as Alert['facts'],
    acknowledgedAt: acknowledgedAt || null,
    acknowledgedBy: acknowledgedBy || null,
    deliveries: deliveries.map(({ problem, ...delivery }) => ({ ...delivery, problem: problem || null }) as Alert['deliveries'][number]),
  };
}
