import { requestHead } from './write-request.js';

describe('the head of a request', () => {
  it('says where it goes and how long its body is, and nothing that was not given', () => {
    expect(requestHead('POST', '/v1?a=b', 'llm.example:8443', ['content-type', 'application/json', 'Authorization', 'Bearer \xe4'], 12)).toBe(
      'POST /v1?a=b HTTP/1.1\r\nhost: llm.example:8443\r\nconnection: keep-alive\r\ncontent-type: application/json\r\nAuthorization: Bearer \xe4\r\ncontent-length: 12\r\n\r\n',
    );
    expect(requestHead('POST', '/', 'a', [], 0)).toMatch(/\r\ncontent-length: 0\r\n\r\n$/);
    expect(requestHead('GET', '/', 'a', [], 0)).toBe('GET / HTTP/1.1\r\nhost: a\r\nconnection: keep-alive\r\n\r\n');
  });

  it.each(['a\r\nb', 'a\nb', 'a\rb', 'a\0', 'a\x7f', 'a\u0100', '\u{1f600}', '\u560a'])('refuses the value %j and does not quote it', (value) => {
    expect(() => requestHead('POST', '/', 'a', ['x-key', value], 0)).toThrow('The header x-key of a request cannot be sent.');
  });

  it.each(['', 'a b', 'a:', 'a\r\nb', 'ä', 'a\0'])('refuses the name %j', (name) => {
    expect(() => requestHead('POST', '/', 'a', [name, 'x'], 0)).toThrow('a name that cannot be sent');
  });

  it.each(['Content-Length', 'transfer-encoding', 'Host', 'connection', 'expect', 'upgrade', 'TE', 'trailer', 'keep-alive'])('lets nobody else say %s', (name) => {
    expect(() => requestHead('POST', '/', 'a', [name, '1'], 0)).toThrow("is not a caller's to set");
  });

  it.each(['', 'v1', '/a b', '/a\r\nb', '/\u0100', 'https://a/'])('refuses the path %j', (path) => {
    expect(() => requestHead('POST', path, 'a', [], 0)).toThrow('The path of a request');
  });

  it('refuses a name without a value', () => {
    expect(() => requestHead('POST', '/', 'a', ['x'], 0)).toThrow('The header x of a request');
  });
});
