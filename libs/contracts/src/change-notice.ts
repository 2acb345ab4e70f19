import { z } from 'zod';

/** PostgreSQL channel on which every change that a gateway may have cached is announced, in the transaction of the change. */
export const CHANGE_CHANNEL = 'byok_change';

/**
 * Everything cached for `org` is stale; `org` is "platform" when platform keys changed, which concerns every org. `cut` says that even
 * calls that run with this key are to end.
 */
export const ChangeNotice = z.object({ org: z.string(), kind: z.enum(['key', 'token', 'user', 'group', 'session', 'org']), id: z.string(), cut: z.literal(true).optional() });
export type ChangeNotice = z.infer<typeof ChangeNotice>;
