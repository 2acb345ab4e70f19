import ipaddr from 'ipaddr.js';

/** `BYOK_EGRESS_ALLOW` as the operator wrote it, parsed: what tenants may name although it is not a public https host. */
export interface EgressExceptions {
  hosts: { host: string; port: number }[];
  networks: { network: [ipaddr.IPv4 | ipaddr.IPv6, number]; port: number }[];
}

// Public by range, yet special: Azure's metadata and DNS address.
const SPECIAL_ADDRESSES = new Set(['168.63.129.16']);
const NAT64_LOCAL: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('64:ff9b:1::'), 48];
const IPV6_GLOBAL: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** Names that only mean something inside a network. They are refused before anybody is asked to resolve them. */
const INTERNAL_NAME = /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home\.arpa|svc|cluster\.local|consul)\.?$/;

/**
 * True for an address on the public internet. Everything else is refused: private, loopback, link-local with the cloud
 * metadata services, shared, reserved and multicast ranges, and IPv6 forms that carry an IPv4 address inside.
 */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%') || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv6') {
    const six = parsed as ipaddr.IPv6;
    if (six.isIPv4MappedAddress()) return isPublicAddress(six.toIPv4Address().toString());
    return six.range() === 'unicast' && six.match(IPV6_GLOBAL) && !six.match(NAT64_LOCAL);
  }
  return parsed.range() === 'unicast' && !SPECIAL_ADDRESSES.has(parsed.toString());
}

/** True for a name that can only be an internal service: no dot, or a suffix of private naming. */
export function isInternalName(host: string): boolean {
  return !host.replace(/\.$/, '').includes('.') || INTERNAL_NAME.test(host.toLowerCase());
}

/** True when the operator lets tenants name this host or network on this port. */
export function isExcepted(exceptions: EgressExceptions, hostOrAddress: string, port: number): boolean {
  const host = hostOrAddress.toLowerCase();
  if (exceptions.hosts.some((each) => each.port === port && each.host === host)) return true;
  if (!ipaddr.isValid(host)) return false;
  const address = ipaddr.process(host);
  return exceptions.networks.some(({ network, port: allowed }) => allowed === port && address.kind() === network[0].kind() && address.match(network as [ipaddr.IPv4, number]));
}

/**
 * Reads `host:port` and `network/bits:port` entries, comma-separated.
 * @throws RangeError naming the entry's position
 */
export function parseExceptions(text: string): EgressExceptions {
  const exceptions: EgressExceptions = { hosts: [], networks: [] };
  for (const [index, entry] of text.split(',').map((each) => each.trim()).filter(Boolean).entries()) {
    const match = /^(.+):(\d{1,5})$/.exec(entry);
    const port = Number(match?.[2]);
    const host = match?.[1]?.replace(/^\[(.*)\](\/\d+)?$/, '$1$2').toLowerCase();
    if (!host || port < 1 || port > 65_535) throw new RangeError(`entry ${index + 1} is not host:port or network/bits:port`);
    if (host.includes('/') && ipaddr.isValidCIDR(host)) exceptions.networks.push({ network: ipaddr.parseCIDR(host), port });
    else if (/^[a-z0-9.:_-]+$/.test(host)) exceptions.hosts.push({ host, port });
    else throw new RangeError(`entry ${index + 1} is not host:port or network/bits:port`);
  }
  return exceptions;
}
