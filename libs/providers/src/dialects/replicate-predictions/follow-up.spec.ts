import { replicatePredictions } from './index.js';

const urls = { get: 'https://api.replicate.com/v1/predictions/p1', cancel: 'https://api.replicate.com/v1/predictions/p1/cancel', stream: 'https://stream.replicate.com/v1/files/s1' };
const prediction = (status: string, changed: object = {}) => ({ id: 'p1', status, urls: { ...urls, ...changed } });
const request = (stream: boolean) => ({ model: 'm', stream, messages: [], extras: {} });
const followUp = (body: unknown, stream = false) => replicatePredictions.followUp!(body, request(stream));
const abandon = (body: unknown) => replicatePredictions.abandon!(body);

describe('a prediction', () => {
  it.each(['starting', 'processing'])('that is %s is looked at again', (status) => {
    expect(followUp(prediction(status))).toEqual({ method: 'GET', url: urls.get, isStream: false, carriesKey: true, afterMs: 500 });
  });

  it.each(['succeeded', 'failed', 'canceled', 'aborted'])('that has %s is final and cannot be called off', (status) => {
    expect(followUp(prediction(status))).toBeNull();
    expect(followUp(prediction(status), true)).toBeNull();
    expect(abandon(prediction(status))).toBeNull();
  });

  it('is streamed at once, without the key, where the model can stream', () => {
    expect(followUp(prediction('starting'), true)).toEqual({ method: 'GET', url: urls.stream, isStream: true, carriesKey: false, afterMs: 0 });
    const region = 'https://stream-b.svc.ric1.c.replicate.net/v1/streams/s1';
    expect(followUp(prediction('starting', { stream: region }), true)).toMatchObject({ url: region, carriesKey: false });
    expect(followUp(prediction('starting', { stream: undefined }), true)).toMatchObject({ url: urls.get, isStream: false, carriesKey: true });
  });

  const foreign = [
    'https://evil.com/v1/predictions/p1',
    'https://replicate.com.evil.com/p1',
    'https://evilreplicate.com/p1',
    'http://api.replicate.com/v1/predictions/p1',
    'https://api.replicate.com:8443/v1/predictions/p1',
    'https://user:pass@api.replicate.com/v1/predictions/p1',
    'https://api.replicate.com@evil.com/p1',
    'https://evil.com/?https://api.replicate.com/',
    'https://evil.com\\@api.replicate.com/',
    'https://127.0.0.1/p1',
    'file:///etc/passwd',
    '//evil.com/p1',
    'not a url',
    '',
  ];
  it.each(foreign)('never leads to %s', (url) => {
    expect(() => followUp(prediction('starting', { get: url }))).toThrow(expect.objectContaining({ code: 'upstream_error' }));
    expect(() => followUp(prediction('starting', { stream: url }), true)).toThrow(expect.objectContaining({ code: 'upstream_error' }));
    expect(abandon(prediction('starting', { cancel: url }))).toBeNull();
  });

  it('never sends the key to the hosts that only stream', () => {
    expect(() => followUp(prediction('starting', { get: 'https://api.replicate.net/v1/predictions/p1' }))).toThrow(expect.objectContaining({ code: 'upstream_error' }));
    expect(abandon(prediction('starting', { cancel: 'https://api.replicate.net/v1/predictions/p1/cancel' }))).toBeNull();
  });

  it('that is still running can be called off', () => {
    expect(abandon(prediction('processing'))).toEqual({ method: 'POST', url: urls.cancel });
  });

  it.each([[null], ['text'], [{}], [{ status: 5 }], [[]]])('that is none is an error and nothing to call off: %j', (body) => {
    expect(() => followUp(body)).toThrow(expect.objectContaining({ code: 'upstream_error' }));
    expect(abandon(body)).toBeNull();
  });
});
