import type { PlatformEncryption } from '@byok/contracts';
import type { Command } from '../command.js';
import { follow } from '../follow.js';
import { Refused } from '../refusals.js';
import { table } from '../table.js';

/** Every data key under the KEK it should have; then which KEKs can go. */
export const keysRewrap: Command = {
  name: 'keys rewrap',
  usage: 'keys rewrap',
  summary: 'wrap every data key under the KEK in force, and say which old KEK can be disabled',
  options: {},
  words: 0,
  run: async ({ api, print }) => {
    await api.call<PlatformEncryption>('POST', '/api/platform/encryption/rewrap');
    const { rewrap, keks } = await follow(
      () => api.call<PlatformEncryption>('GET', '/api/platform/encryption'),
      ({ rewrap: { running, percent, total, left } }) => ({ percent, what: `${total - left} of ${total} data keys`, isOver: !running }),
    );
    print(table([['KEK', 'VERSION', 'NEEDED BY', 'CAN BE DISABLED', 'IN BACKUPS UNTIL'], ...keks.map((kek) => [kek.kekUri, kek.kekVersion, `${kek.rows} data keys`, kek.isActive ? 'no, it is in force' : kek.safeToDisable ? 'yes' : 'no', kek.inBackupsUntil?.slice(0, 10) ?? '-'])]));
    if (rewrap.left > 0) throw new Refused(`${rewrap.left} data keys are not under their KEK yet: ${rewrap.lastError ?? 'run it again'}`);
  },
};
