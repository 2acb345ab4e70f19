import { createHmac } from 'node:crypto';
import type { AppError } from '@byok/kernel';
import { verifySignature } from './verify-signature.js';

const NOW_S = 1_900_000_000;
const body = '[{"token":"byok_live_x"}]';
const sign = (secret: string, time = NOW_S, text = body) => `v1=${createHmac('sha256', secret).update(`${time}.${text}`).digest('hex')}`;
const codeOf = (secrets: string[], header: string | undefined, rawBody = body) => {
  try {
    verifySignature(secrets, { header, rawBody }, NOW_S * 1000);
    return 'taken';
  } catch (error) {
    return (error as AppError).code;
  }
};

describe('the signature of a report', () => {
  it('F15 is never checked against an empty secret', () => {
    for (const secrets of [[], [''], ['good', '']]) expect(codeOf(secrets, `t=${NOW_S},${sign('')}`)).toBe('service_unavailable');
  });

  it('F16 is not taken when it is older than 300 s, or from the future', () => {
    const at = (time: number) => codeOf(['good'], `t=${time},${sign('good', time)}`);
    expect([at(NOW_S), at(NOW_S - 300), at(NOW_S + 300)]).toEqual(['taken', 'taken', 'taken']);
    expect([at(NOW_S - 301), at(NOW_S + 301)]).toEqual(['invalid_request', 'invalid_request']);
  });

  it('F17 covers every byte of the body and the time', () => {
    const header = `t=${NOW_S},${sign('good')}`;
    for (const altered of [`${body} `, body.replace('x', 'y'), '[]', '']) expect(codeOf(['good'], header, altered)).toBe('unauthenticated');
    expect(codeOf(['good'], `t=${NOW_S - 1},${sign('good')}`)).toBe('unauthenticated');
    expect(codeOf(['other'], header)).toBe('unauthenticated');
  });

  it('F17 is good with either of two secrets, and with either of two signatures, while one takes over from the other', () => {
    expect(codeOf(['old', 'new'], `t=${NOW_S},${sign('old')}`)).toBe('taken');
    expect(codeOf(['old', 'new'], `t=${NOW_S},${sign('new')}`)).toBe('taken');
    expect(codeOf(['new'], `t=${NOW_S},${sign('old')},${sign('new')}`)).toBe('taken');
  });

  it('must be there and readable', () => {
    for (const header of [undefined, '', 'v1=00', sign('good'), `t=${NOW_S}`, `t=x,${sign('good')}`, `t=${NOW_S},v1=${'g'.repeat(64)}`]) expect(codeOf(['good'], header)).toBe('unauthenticated');
  });
});
