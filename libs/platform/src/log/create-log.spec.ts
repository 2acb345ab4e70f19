import { AppError } from '@byok/kernel';
import { safeError } from './create-log.js';

describe('safeError', () => {
  it('D03 keeps class, code and position of a foreign error, and never its message', () => {
    const thrown = [() => new Headers({ 'x-api-key': 'sk-canary-1\n2' }), () => JSON.parse('sk-canary-1'), () => new URL('sk-canary-1')].map((work) => {
      try {
        return work();
      } catch (error) {
        return error;
      }
    });
    for (const error of thrown) {
      expect(JSON.stringify(safeError(error))).not.toContain('canary');
      expect(safeError(error)['type']).toMatch(/^(TypeError|SyntaxError)$/);
    }
  });

  it('keeps our own public sentence and hides the cause’s', () => {
    const error = new AppError('key_rejected', 'The provider refused this key.', { cause: new Error('sk-canary-1 is wrong') });
    expect(safeError(error)).toMatchObject({ code: 'key_rejected', message: 'The provider refused this key.' });
    expect(JSON.stringify(safeError(error))).not.toContain('canary');
  });
});
