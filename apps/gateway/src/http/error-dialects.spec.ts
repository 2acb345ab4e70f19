import { AppError } from '@byok/kernel';
import { errorBody, errorEvent, statusOf } from './error-dialects.js';

const told = (dialect: 'openai' | 'anthropic' | 'inference', error: AppError): unknown => JSON.parse(errorBody(dialect, error, 'req_1'));

describe('an error', () => {
  const unknownModel = new AppError('model_not_found', 'No such model.', { details: { param: 'model' } });

  it('is told to an OpenAI client in OpenAI shape', () => {
    expect(told('openai', unknownModel)).toEqual({ error: { message: 'No such model.', type: 'invalid_request_error', code: 'model_not_found', param: 'model', request_id: 'req_1' } });
  });

  it('is told to an Anthropic client in Anthropic shape', () => {
    expect(told('anthropic', unknownModel)).toEqual({ type: 'error', error: { type: 'not_found_error', message: 'No such model.', code: 'model_not_found' }, request_id: 'req_1' });
  });

  it('is told to a client of /api/inference with success false', () => {
    expect(told('inference', unknownModel)).toEqual({ success: false, error: 'No such model.', code: 'model_not_found', requestId: 'req_1' });
  });

  it('does not make the provider refusing our key look like the caller being unknown', () => {
    expect(statusOf(new AppError('key_rejected', 'The provider refused the key.', { details: { upstreamStatus: 401 } }))).toBe(502);
  });

  it("passes on the provider's status and code when it refuses the request itself", () => {
    const error = new AppError('upstream_refused_request', 'Too long.', { details: { upstreamStatus: 422, providerCode: 'context_length_exceeded' } });
    expect(statusOf(error)).toBe(422);
    expect(told('openai', error)).toMatchObject({ error: { code: 'context_length_exceeded', type: 'invalid_request_error' } });
  });

  it('never passes on a status that means something else to an SDK', () => {
    expect(statusOf(new AppError('upstream_refused_request', 'No.', { details: { upstreamStatus: 401 } }))).toBe(400);
  });

  it('is an event of its own inside a stream', () => {
    expect(errorEvent('anthropic', unknownModel, 'req_1')).toMatch(/^event: error\ndata: \{.*\}\n\n$/);
    expect(errorEvent('openai', unknownModel, 'req_1')).toMatch(/^data: \{"error".*\}\n\n$/);
  });
});
