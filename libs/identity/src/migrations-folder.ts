import { fileURLToPath } from 'node:url';

/** Where this lib's SQL migrations lie, for `migrate()`; the same path from `src` and from `dist`. */
export const IDENTITY_MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));
