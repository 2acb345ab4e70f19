import ipaddr from 'ipaddr.js';

/** An address range: its first address and how many leading bits count. */
export type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** `10.0.0.0/8`, `2001:db8::/32` or a single address; undefined for what is none, and for IPv4 dressed as IPv6, which would match nobody. */
export function parseNetwork(text: string): Network | undefined {
  const isRange = text.includes('/');
  if (text.includes('%') || !(isRange ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text))) return undefined;
  const [address, bits] = isRange ? ipaddr.parseCIDR(text) : [ipaddr.parse(text), ipaddr.parse(text).kind() === 'ipv4' ? 32 : 128];
  // `127.1` and `0x7f.1` are addresses to the library and surprises to people.
  if (address.kind() === 'ipv4' && !/^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/.test(text)) return undefined;
  if (address.kind() === 'ipv6' && (address as ipaddr.IPv6).isIPv4MappedAddress()) return undefined;
  return [address, bits];
}

/** True when the address lies in one of the networks; IPv4 that arrives on an IPv6 socket is IPv4. */
export function isWithin(address: string, networks: readonly Network[]): boolean {
  if (address.includes('%') || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return networks.some(([first, bits]) => matches(parsed, first, bits));
}

/** True when every address of `inner` is one of `outer`, too. */
export function contains(outer: Network, inner: Network): boolean {
  return inner[1] >= outer[1] && matches(inner[0], outer[0], outer[1]);
}

/**
 * Where a request comes from. Only what a trusted proxy adds to X-Forwarded-For is believed: it is read from its end, and the first
 * address that is not a trusted proxy's is the client's. Nobody's is believed where no proxy is trusted.
 */
export function clientAddress(peer: string | undefined, forwardedFor: string | undefined, trusted: readonly Network[]): string {
  let address = peer ?? '';
  if (trusted.length === 0) return address;
  const hops = (forwardedFor ?? '').split(',').map((hop) => hop.trim()).filter(Boolean);
  while (isWithin(address, trusted) && hops.length > 0) address = hops.pop()!;
  return address;
}

function matches(address: ipaddr.IPv4 | ipaddr.IPv6, first: ipaddr.IPv4 | ipaddr.IPv6, bits: number): boolean {
  return address.kind() === first.kind() && address.match(first as ipaddr.IPv4, bits);
}
