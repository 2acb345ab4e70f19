import { z } from 'zod';

/** Every variable that the command line reads; each also as NAME_FILE. */
export const CliConfig = z.object({
  BYOK_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:3010'),
  /** A token with management scopes, or a session's access token. */
  BYOK_TOKEN: z.string().min(1).regex(/^[\x21-\x7e]+$/),
});
export type CliConfig = z.infer<typeof CliConfig>;
