import { isExcepted, isInternalName, isPublicAddress, parseExceptions } from './address-rules.js';

describe('address rules', () => {
  it.each([
    '169.254.169.254', '100.100.100.200', '192.0.0.192', '168.63.129.16', 'fd00:ec2::254', '127.0.0.1', '0.0.0.0', '10.1.2.3', '172.16.0.1', '192.168.1.1', '224.0.0.1', '255.255.255.255', '198.18.0.1',
    '::1', '::', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', '64:ff9b:1::1', '2002:7f00:1::', '2001:0:1::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'ff02::1', '100::1', 'not-an-address', '',
  ])('B02 does not take %s for a public address', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each(['1.1.1.1', '104.18.6.192', '2606:4700::6812:6c0', '::ffff:1.1.1.1'])('takes %s for one', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each(['localhost', 'postgres', 'redis', 'key-vault.svc', 'x.cluster.local', 'metadata.google.internal', 'printer.local', 'METADATA.GOOGLE.INTERNAL', 'localhost.', 'a.localhost'])('B03 knows %s as an internal name', (name) =>
    expect(isInternalName(name)).toBe(true),
  );

  it('does not take a public name for one', () => expect(isInternalName('api.openai.com')).toBe(false));

  it('B06 allows what the operator listed, on that port alone', () => {
    const exceptions = parseExceptions('10.0.0.0/8:443, llm.corp.example:8443,[fd00::/8]:443,192.168.1.7:11434');
    expect(isExcepted(exceptions, '10.9.8.7', 443)).toBe(true);
    expect(isExcepted(exceptions, '10.9.8.7', 80)).toBe(false);
    expect(isExcepted(exceptions, 'LLM.corp.example', 8443)).toBe(true);
    expect(isExcepted(exceptions, 'llm.corp.example', 443)).toBe(false);
    expect(isExcepted(exceptions, 'fd00::1', 443)).toBe(true);
    expect(isExcepted(exceptions, '192.168.1.7', 11434)).toBe(true);
    expect(isExcepted(exceptions, '11.0.0.1', 443)).toBe(false);
    expect(isExcepted(exceptions, '::ffff:10.0.0.1', 443)).toBe(true);
  });

  it.each(['10.0.0.0/8', 'host', 'host:0', 'host:99999', 'bad host:1', '10.0.0.0/99:443'])('refuses the entry %j', (entry) => expect(() => parseExceptions(`1.1.1.1:443,${entry}`)).toThrow('entry 2'));
});
