import { z } from 'zod';

const Part = z.enum(['ok', 'down']);

export const Health = z
  .object({ status: z.enum(['ok', 'degraded', 'down']), database: Part, vault: Part, billing: Part, gateway: Part })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;
