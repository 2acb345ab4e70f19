import { z } from 'zod';

import { Actor, line } from './requests.js';

export { ActorRequest } from './requests.js';

/** Empty: the operator's. */
export const SetOrgKekRequest = z.object({ actor: Actor, kekUri: line(500) });
