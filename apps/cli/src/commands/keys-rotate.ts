import type { Rotation } from '@byok/contracts';
import type { Command } from '../command.js';
import { follow } from '../follow.js';
import { orgOf } from '../org-of.js';

/** A new data key under everything that an org, or the platform, has sealed; calls go on meanwhile. */
export const keysRotate: Command = {
  name: 'keys rotate',
  usage: 'keys rotate [--org <id>|--platform]',
  summary: 'seal every key under a new data key, while all of them are in use',
  options: { org: { type: 'string' }, platform: { type: 'boolean' } },
  words: 0,
  run: async ({ api, options, print }) => {
    const org = await orgOf({ api, options });
    const place = options['platform'] === true ? '/api/platform' : `/api/orgs/${encodeURIComponent(org)}`;
    await api.call<Rotation>('POST', `${place}/encryption/rotate`);
    const done = await follow(
      () => api.call<Rotation>('GET', `${place}/encryption/rotation`),
      ({ phase, percent, total, left }) => ({ percent, what: phase === 'pending' ? 'every vault loads the new data key' : `${total - left} of ${total} values sealed anew`, isOver: phase === 'idle' }),
    );
    print(`Version ${done.version} of the data key is in use.${done.undecryptable > 0 ? ` ${done.undecryptable} keys could not be opened and have to be entered again.` : ''}`);
  },
};
