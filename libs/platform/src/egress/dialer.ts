import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction, type OnReadOpts } from 'node:net';
import { AppError } from '@byok/kernel';
import { buildConnector } from 'undici';
import { isExcepted, isInternalName, isPublicAddress, type EgressExceptions } from './address-rules.js';

export type Resolve = (host: string) => Promise<LookupAddress[]>;

export interface DialerOptions {
  exceptions: EgressExceptions;
  connectTimeoutMs: number;
  /** What every connection of this dialer trusts and presents, where that is not the usual. */
  tls?: { ca?: string; cert?: string; key?: string };
  resolve?: Resolve;
}

/** Who chose an address: the operator by configuration, or anybody else (our own catalogue included). */
export type Trust = 'operator' | 'nobody';

/** Connects, for undici or whoever else. With `onread`, the socket has no `data` events: Node reads into the buffer given, and calls back. */
export type Connector = (target: buildConnector.Options & { onread?: OnReadOpts }, callback: buildConnector.Callback) => void;

/** The one way out of this process: every outbound connection is made by a dialer. */
export interface Dialer {
  /** @throws AppError endpoint_not_allowed for a URL that must not be dialled; asked before a pool is made for it */
  check(url: URL, trust: Trust): void;
  connectorFor(url: URL, trust: Trust): Connector;
}

/**
 * Makes a dialer which reaches public https hosts on port 443, what the operator configured, and nothing else. Names are
 * resolved once per connection, every answer is checked, the connection goes to a checked answer, and the peer's address is
 * checked again when it stands: a literal address never meets a lookup hook, and a name may change between two lookups.
 */
export function makeDialer(options: DialerOptions): Dialer {
  const resolve = options.resolve ?? resolveBySystem;
  return {
    check: (url, trust) => trust === 'operator' || checkUrl(url, options.exceptions),
    connectorFor: (url, trust) => {
      const connect = byReading({
        allowH2: false,
        timeout: options.connectTimeoutMs,
        ...options.tls,
        ...(trust === 'operator' ? {} : { lookup: guardedLookup(resolve, options.exceptions, portOf(url)) }),
      });
      // A frame of this file stands under every connection of ours, which is how the specs tell it from any other.
      if (trust === 'operator') return (target, callback) => void connect(target, callback);
      return (target, callback) => {
        connect(target, (...[error, socket]: Parameters<buildConnector.Callback>) => {
          if (error) return callback(error, null);
          const address = socket.remoteAddress ?? '';
          if (isAllowedPeer(url, address, options.exceptions)) return callback(null, socket);
          socket.destroy();
          return callback(refused(), null);
        });
      };
    },
  };
}

/** undici's connector takes `onread` when it is built, and no later; one is built for each way of reading, for each keeps TLS sessions. */
function byReading(options: object): Connector {
  const built = new Map<OnReadOpts | undefined, buildConnector.connector>();
  return ({ onread, ...target }, callback) => {
    const connect = built.get(onread) ?? buildConnector((onread ? { ...options, onread } : options) as buildConnector.BuildOptions);
    built.set(onread, connect);
    connect(target, callback);
  };
}

function checkUrl(url: URL, exceptions: EgressExceptions): void {
  const host = hostOf(url);
  if (url.username || url.password || !['https:', 'http:'].includes(url.protocol)) throw refused();
  if (isExcepted(exceptions, host, portOf(url))) return;
  if (isIP(host) === 0) {
    // A network exception is decided by what the name resolves to, so the name itself may pass with that port.
    const mayResolveIntoException = exceptions.networks.some((each) => each.port === portOf(url));
    if (mayResolveIntoException) return;
    if (isInternalName(host)) throw refused();
  } else if (!isPublicAddress(host)) throw refused();
  if (url.protocol !== 'https:' || portOf(url) !== 443) throw refused();
}

function guardedLookup(resolve: Resolve, exceptions: EgressExceptions, port: number): LookupFunction {
  return (host, lookupOptions, callback) => {
    resolve(host).then(
      (addresses) => {
        const isHostExcepted = isExcepted(exceptions, host, port);
        // One forbidden answer spoils them all: a name that points both outside and inside is an attack or a mistake.
        const isAllowed = (each: LookupAddress): boolean => isHostExcepted || isExcepted(exceptions, each.address, port) || (port === 443 && isPublicAddress(each.address));
        if (addresses.length === 0 || !addresses.every(isAllowed)) return callback(refused(), '', 0);
        if (lookupOptions.all) return callback(null, addresses);
        return callback(null, addresses[0]!.address, addresses[0]!.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}

function isAllowedPeer(url: URL, address: string, exceptions: EgressExceptions): boolean {
  const port = portOf(url);
  return isExcepted(exceptions, hostOf(url), port) || isExcepted(exceptions, address, port) || (url.protocol === 'https:' && port === 443 && isPublicAddress(address));
}

function resolveBySystem(host: string): Promise<LookupAddress[]> {
  return new Promise((fulfil, refuse) => {
    systemLookup(host, { all: true, verbatim: true }, (error, addresses) => (error ? refuse(error) : fulfil(addresses)));
  });
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function portOf(url: URL): number {
  return url.port ? Number(url.port) : url.protocol === 'https:' ? 443 : 80;
}

function refused(): AppError {
  return new AppError('endpoint_not_allowed', 'The address of this endpoint is not one that may be called from here. Use a public https host, or ask your operator to allow it.');
}
