import { clientAddress, contains, isWithin, parseNetwork, type Network } from './networks.js';

const networks = (...texts: string[]): Network[] => texts.map((text) => parseNetwork(text)!);

describe('networks', () => {
  it('take ranges and single addresses of both kinds, and nothing that only looks like one', () => {
    for (const text of ['10.0.0.0/8', '203.0.113.7', '2001:db8::/32', '::1']) expect(parseNetwork(text)).toBeDefined();
    for (const text of ['', '10.0.0.0/33', '10.0.0/8', '127.1', '0x7f.1', '2130706433', 'example.com', '::ffff:10.0.0.0/104', 'fe80::1%eth0', '10.0.0.0/8 ']) expect(parseNetwork(text)).toBeUndefined();
  });

  it('hold the addresses inside them, however the socket writes these', () => {
    expect(isWithin('10.1.2.3', networks('10.0.0.0/8'))).toBe(true);
    expect(isWithin('::ffff:10.1.2.3', networks('10.0.0.0/8'))).toBe(true);
    expect(isWithin('11.1.2.3', networks('10.0.0.0/8', '2001:db8::/32'))).toBe(false);
    expect(isWithin('2001:db8::9', networks('10.0.0.0/8', '2001:db8::/32'))).toBe(true);
    for (const nobody of ['', 'unknown', 'fe80::1%eth0']) expect(isWithin(nobody, networks('0.0.0.0/0', '::/0'))).toBe(false);
  });

  it('contain smaller ones, never larger ones or another kind', () => {
    const [wide, narrow, six] = networks('10.0.0.0/8', '10.3.0.0/16', '2001:db8::/32') as [Network, Network, Network];
    expect([contains(wide, narrow), contains(wide, wide), contains(narrow, wide), contains(wide, six), contains(six, narrow)]).toEqual([true, true, false, false, false]);
  });
});

describe('F20 X-Forwarded-For', () => {
  const trusted = networks('10.0.0.0/8');

  it('is ignored unless a trusted proxy sent it', () => {
    expect(clientAddress('198.51.100.9', '203.0.113.7', [])).toBe('198.51.100.9');
    expect(clientAddress('198.51.100.9', '203.0.113.7', trusted)).toBe('198.51.100.9');
    expect(clientAddress(undefined, '203.0.113.7', trusted)).toBe('');
  });

  it('is read from its end, so that what the client wrote in front of it counts for nothing', () => {
    expect(clientAddress('10.0.0.1', '1.1.1.1, 203.0.113.7', trusted)).toBe('203.0.113.7');
    expect(clientAddress('10.0.0.1', '203.0.113.7, 10.0.0.2', trusted)).toBe('203.0.113.7');
    expect(clientAddress('10.0.0.1', undefined, trusted)).toBe('10.0.0.1');
    expect(clientAddress('10.0.0.1', 'nonsense, 10.0.0.2', trusted)).toBe('nonsense');
  });
});
