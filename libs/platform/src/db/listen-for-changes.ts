import { CHANGE_CHANNEL, ChangeNotice } from '@byok/contracts';
import pg from 'pg';
import type { Log } from '../log/create-log.js';

export interface ChangeListener {
  /** False while notices may be missed. */
  readonly isConnected: boolean;
  close(): Promise<void>;
}

export interface ChangeListenerOptions {
  url: string;
  log: Log;
  onChange(notice: ChangeNotice): void;
  /** Called when notices may have been missed: at every (re)connection. Drop what is cached. */
  onGap(): void;
}

const RECONNECT_MS = 500;

/** Listens on its own connection and reconnects for as long as it is open. */
export async function listenForChanges(options: ChangeListenerOptions): Promise<ChangeListener> {
  let client: pg.Client | undefined;
  let isConnected = false;
  let isClosed = false;
  let retryTimer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: options.url, application_name: 'byok-changes', keepAlive: true });
    next.on('error', () => lost(next));
    next.on('end', () => lost(next));
    next.on('notification', (message) => receive(message.payload, options));
    client = next;
    await next.connect();
    await next.query(`LISTEN ${CHANGE_CHANNEL}`);
    isConnected = true;
    options.onGap();
  };
  const lost = (which: pg.Client): void => {
    if (isClosed || which !== client) return;
    client = undefined;
    isConnected = false;
    options.log.warn({}, 'change notices lost: caches are re-checked sooner until the database is back');
    which.end().catch(() => undefined);
    retryLater();
  };
  const retryLater = (): void => {
    retryTimer ??= setTimeout(() => {
      retryTimer = undefined;
      if (!isClosed) connect().catch(retryLater);
    }, RECONNECT_MS).unref();
  };

  await connect();
  return {
    get isConnected() {
      return isConnected;
    },
    close: async () => {
      isClosed = true;
      clearTimeout(retryTimer);
      await client?.end();
    },
  };
}

function receive(payload: string | undefined, options: ChangeListenerOptions): void {
  const notice = ChangeNotice.safeParse(parseJson(payload ?? ''));
  if (notice.success) options.onChange(notice.data);
  else options.onGap();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
