export { CHANGE_CHANNEL, ChangeNotice } from './change-notice.js';
export { Meters, USAGE_QUEUE, UsageBatch, UsageEvent } from './usage-event.js';
