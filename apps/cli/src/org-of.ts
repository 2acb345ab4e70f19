import type { Me } from '@byok/contracts';
import type { CommandInput } from './command.js';

/** The org that a command is about: the one it names, else the credential's own. */
export async function orgOf({ api, options }: Pick<CommandInput, 'api' | 'options'>): Promise<string> {
  return typeof options['org'] === 'string' ? options['org'] : (await api.call<Me>('GET', '/api/me')).orgId;
}
