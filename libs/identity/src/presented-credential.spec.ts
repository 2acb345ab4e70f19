import { presentedCredential } from './presented-credential.js';

describe('the credential of a request', () => {
  it.each([
    [{ authorization: 'Bearer one' }],
    [{ authorization: 'bearer  one' }],
    [{ 'x-api-key': 'one' }],
    [{ 'api-key': ' one ' }],
    [{ 'x-goog-api-key': 'one' }],
    [{ authorization: 'Bearer one', 'x-api-key': 'one' }],
  ])('F12 is the same wherever the SDK puts it: %j', (headers) => {
    expect(presentedCredential(headers)).toBe('one');
  });

  it('F12 is refused when there are two different ones', () => {
    expect(() => presentedCredential({ authorization: 'Bearer one', 'x-api-key': 'two' })).toThrow(expect.objectContaining({ code: 'two_credentials' }));
    expect(() => presentedCredential({ 'x-goog-api-key': ['one', 'two'] })).toThrow(expect.objectContaining({ code: 'two_credentials' }));
  });

  it.each([[{}], [{ authorization: 'Basic b25l' }], [{ authorization: 'Bearer ' }], [{ authorization: 'Bearer one two' }], [{ 'x-api-key': '' }]])('is missing in %j', (headers) => {
    expect(() => presentedCredential(headers)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  });
});
