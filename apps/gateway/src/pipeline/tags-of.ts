import { AppError, onceFor } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import type { IncomingHttpHeaders } from 'node:http';

type Tags = Readonly<Record<string, string>>;

const NONE: Tags = {};
const VALUE = /^[\w .:/@-]{1,64}$/;

/**
 * By which names spending of this call is told apart: what was set for org, groups, user and token, the nearer first, and what the
 * caller says in `x-byok-tags: project=apollo` of the names that the org leaves to callers. Nobody can shift spending by another name.
 * @throws AppError invalid_request
 */
export function tagsOf(principal: Principal, headers: IncomingHttpHeaders): Tags {
  const said = headers['x-byok-tags'];
  const set = tagsSetFor(principal);
  return typeof said === 'string' && said !== '' ? { ...set, ...readTags(said, principal, set) } : set;
}

/** What is set for a principal does not change while the object lives. */
const tagsSetFor = onceFor((principal: Principal): Tags => {
  const { org, groups, user, token } = principal.settings;
  const layers = [org.tags, ...groups.filter(({ id }) => id === principal.tokenGroup).map(({ settings }) => settings.tags), user.tags, token.tags].filter((tags) => tags !== undefined);
  return layers.length === 0 ? NONE : (Object.assign({}, ...layers) as Tags);
});

function readTags(header: string, principal: Principal, set: Tags): Tags {
  const allowed = principal.settings.org.callerTags ?? [];
  const tags: Record<string, string> = {};
  for (const pair of header.split(',')) {
    const [name = '', ...rest] = pair.split('=');
    const value = rest.join('=').trim();
    if (!allowed.includes(name.trim()) || Object.hasOwn(set, name.trim())) {
      throw new AppError('invalid_request', `x-byok-tags may only set: ${allowed.filter((each) => !Object.hasOwn(set, each)).join(', ') || 'nothing in this organisation'}. Its admin decides.`, { details: { param: 'x-byok-tags' } });
    }
    if (!VALUE.test(value)) throw new AppError('invalid_request', 'A value in x-byok-tags is 1 to 64 letters, digits, spaces or . : / @ _ -', { details: { param: 'x-byok-tags' } });
    tags[name.trim()] = value;
  }
  return tags;
}
