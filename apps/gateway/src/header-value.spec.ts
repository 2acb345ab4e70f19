import { NOT_IN_A_VALUE, valueBetween } from './header-value.js';

describe('the value of a header', () => {
  it('is what stands between the blanks around it, and those alone', () => {
    for (const [text, value] of [['a', 'a'], [' \ta b\t ', 'a b'], ['', ''], [' \t ', ''], ['\u00a0a\u000b', '\u00a0a\u000b']] as const) {
      expect(valueBetween(`x:${text}\r\n`, 2, 2 + text.length)).toBe(value);
    }
  });

  it('holds no byte that would end it, and nothing that is more than a byte', () => {
    for (let code = 0; code < 0x200; code += 1) expect([code, NOT_IN_A_VALUE.test(String.fromCharCode(code))]).toEqual([code, (code < 32 && code !== 9) || code === 127 || code > 255]);
  });
});
