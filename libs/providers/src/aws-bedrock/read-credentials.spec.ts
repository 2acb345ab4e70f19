import { AppError } from '@byok/kernel';
import fc from 'fast-check';
import { checkSecret, classifyError, endpointUrl, probeRequest, redactKey, resolveModel, aggregatorTarget, findProvider, isKnownModel } from '../index.js';
import { awsBedrock } from './index.js';
import { credentialsIn } from './read-credentials.js';
import { failure } from '../spec/failure.js';

const ID = 'AKIACANARY2345672345';
const TEMPORARY_ID = 'ASIACANARY2345672345';
const SECRET = 'canarySecret/0123456789+abcdefghijklmnop';
const TOKEN = 'canaryToken//0123456789+abcdefghijklmnopqrstuvwxyzABCDEFGHIJ==';
const API_KEY = `ABSK${'Q'.repeat(120)}`;
const PAIR = `{"access_key_id":"${ID}","secret_access_key":"${SECRET}"}`;
const TEMPORARY = `{"access_key_id":"${TEMPORARY_ID}","secret_access_key":"${SECRET}","session_token":"${TOKEN}"}`;

const check = (secret: string, config: Record<string, string> = {}) => checkSecret(awsBedrock, secret, config);

describe('a key of AWS', () => {
  it('that is an API key stays as it is', () => {
    expect(check(`  ${API_KEY} `)).toEqual({ secret: API_KEY, config: { region: 'us-east-1' }, looksRight: true });
    expect(check(`{"api_key":"${API_KEY}","region":"eu-west-3"}`)).toEqual({ secret: API_KEY, config: { region: 'eu-west-3' }, looksRight: true });
    expect(check('bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb24', { region: 'eu-west-3' }).looksRight).toBe(true);
  });

  it.each([
    ['JSON', PAIR, {}],
    ['JSON in another order, on several lines', `{\n "secret_access_key": "${SECRET}",\n "access_key_id": " ${ID} "\n}`, {}],
    ["JSON as AWS's tools write it", `{"AccessKeyId":"${ID}","SecretAccessKey":"${SECRET}","Expiration":"2026-01-01T00:00:00Z"}`, {}],
    ['names of the environment', `{"AWS_ACCESS_KEY_ID":"${ID}","AWS_SECRET_ACCESS_KEY":"${SECRET}"}`, {}],
    ['a secret with its id beside it', SECRET, { access_key_id: ID }],
    ['fields alone', '', { access_key_id: ID, secret_access_key: SECRET }],
    ['fields in camel case', '', { accessKeyId: ID, secretAccessKey: SECRET, sessionToken: '' }],
  ])('that comes as %s becomes the same one secret, and no part of it is left to be read', (_, secret, config) => {
    const checked = check(secret, { region: 'eu-central-1', ...config });
    expect(checked).toEqual({ secret: PAIR, config: { region: 'eu-central-1' }, looksRight: true });
    expect(credentialsIn(checked.secret)).toEqual({ accessKeyId: ID, secretAccessKey: SECRET });
  });

  it('that is temporary keeps its session token', () => {
    expect(check(`{"access_key_id":"${TEMPORARY_ID}","secret_access_key":"${SECRET}"}`, { session_token: TOKEN }).secret).toBe(TEMPORARY);
    expect(credentialsIn(TEMPORARY)).toEqual({ accessKeyId: TEMPORARY_ID, secretAccessKey: SECRET, sessionToken: TOKEN });
    expect(credentialsIn(API_KEY)).toBeNull();
  });

  it.each([
    ['an id alone', ID, {}, 'id of an access key'],
    ['a secret alone', SECRET, {}, 'without its id'],
    ['no secret', '', { access_key_id: ID }, 'lacks its secret_access_key'],
    ['no id', '', { secret_access_key: SECRET }, 'lacks its access_key_id'],
    ['a temporary id without its token', PAIR.replace('AKIA', 'ASIA'), {}, 'session_token'],
    ['two kinds at once', API_KEY, { access_key_id: ID, secret_access_key: SECRET }, 'both'],
    ['a line break inside', PAIR.replace('/0123', '\\n0123'), {}, 'cannot be right'],
    ['a line break at the end of a part', PAIR.replace('mnop"', 'mnop\\n"'), {}, 'cannot be right'],
    ['a part that is no text', '{"access_key_id":1,"secret_access_key":"x"}', {}, 'none of texts'],
    ['half a JSON object', PAIR.slice(0, -3), {}, 'none of texts'],
    ['nothing', '', {}, 'empty'],
  ])('with %s is refused in words that do not repeat it', (_, secret, config, says) => {
    const error = failure(() => check(secret, config as Record<string, string>));
    expect(error.code).toBe('key_malformed');
    expect(error.message).toContain(says);
    expect(`${error.message}${JSON.stringify(error.details)}${String(error.cause)}`).not.toMatch(/CANARY|canary|QQQQ/);
  });

  it('with a field nobody knows is refused, also when the field is called __proto__', () => {
    expect(failure(() => check(PAIR, { colour: 'red' }))).toMatchObject({ code: 'key_config_invalid', details: { field: 'colour' } });
    expect(failure(() => check(PAIR.replace('{', '{"__proto__":"x",'))).code).toBe('key_config_invalid');
  });

  it('never leaves a part of itself in the readable fields, whatever was pasted', () => {
    const name = fc.constantFrom('api_key', 'apiKey', 'access_key_id', 'AccessKeyId', 'secret_access_key', 'SECRET-ACCESS-KEY', 'session_token', 'awsSessionToken', 'region', 'note');
    const value = fc.constantFrom(ID, TEMPORARY_ID, SECRET, TOKEN, API_KEY, 'us-east-1', '');
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.dictionary(name, value), fc.boolean(), (fields, config, isJson) => {
        try {
          const checked = check(isJson ? JSON.stringify(fields) : (Object.values(fields)[0] ?? ''), config);
          expect(Object.keys(checked.config)).toEqual(['region']);
          expect(checked.config['region']).toBe('us-east-1');
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          expect(error.message).not.toMatch(/CANARY|canary|QQQQ/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is taken out of an error part by part, and nothing else is', () => {
    const told = `The Canonical String should have been 'POST /model x-amz-security-token:${TOKEN}' for ${TEMPORARY_ID}, ${Buffer.from(SECRET).toString('base64')}, ${encodeURIComponent(SECRET)}; your secret_access_key and session_token are wrong.`;
    const clean = redactKey(told, TEMPORARY);
    expect(clean).not.toMatch(/canary|CANARY/);
    expect(clean).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 12));
    expect(clean).toContain('your secret_access_key and session_token are wrong.');
  });

  it('pasted elsewhere is known for what it is', () => expect(failure(() => checkSecret(findProvider('openai')!, ID, {}))).toMatchObject({ code: 'key_wrong_provider', details: { looksLike: 'aws-bedrock' } }));
});

describe('where AWS Bedrock is asked', () => {
  it('is a matter of the region, and the whole model id is one segment of the path', () => {
    const facts = { model: 'arn:aws:bedrock:eu-west-3:123456789012:inference-profile/eu.anthropic.claude-sonnet-5-v1:0', stream: true };
    expect(endpointUrl(awsBedrock, 'converse', { region: 'eu-west-3' }, undefined, facts)).toBe('https://bedrock-runtime.eu-west-3.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aeu-west-3%3A123456789012%3Ainference-profile%2Feu.anthropic.claude-sonnet-5-v1%3A0/converse-stream');
    expect(endpointUrl(awsBedrock, 'converse', {}, undefined, { model: 'amazon.nova-micro-v1:0', stream: false })).toBe('https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-micro-v1%3A0/converse');
    expect(probeRequest(awsBedrock, PAIR, { region: 'us-gov-west-1' })).toEqual({ method: 'GET', url: 'https://bedrock.us-gov-west-1.amazonaws.com/foundation-models', headers: [], body: null });
  });

  it.each(['us-east-1.evil.com#', 'evil.com/', 'us-east-1@x', '', 'US-EAST-1', 'us-east', 'us--east-1', 'us-east-1\n', '../x'])('is never a host that the region %j makes', (region) => {
    expect(failure(() => check(PAIR, { region })).code).toBe('key_config_invalid');
    expect(failure(() => endpointUrl(awsBedrock, 'converse', { region }, undefined, { model: 'm', stream: false })).code).toBe('key_config_invalid');
  });
});

describe('what AWS Bedrock says of a key', () => {
  const outcome = (status: number, body: object) => awsBedrock.probe!.classify(status, JSON.stringify(body)).outcome;
  const code = (status: number, body: object, errorType?: string) => classifyError(awsBedrock, status, errorType === undefined ? {} : { 'x-amzn-errortype': errorType }, JSON.stringify(body)).code;

  it.each([
    [{ message: 'The security token included in the request is invalid.' }, 'invalid'],
    [{ message: 'The security token included in the request is expired' }, 'invalid'],
    [{ message: 'The request signature we calculated does not match the signature you provided.' }, 'invalid'],
    [{ __type: 'UnrecognizedClientException', message: 'x' }, 'invalid'],
    [{ Message: 'Authentication failed: Please make sure your API Key is valid.' }, 'invalid'],
    [{ message: 'User: arn:aws:iam::123456789012:user/x is not authorized to perform: bedrock:ListFoundationModels' }, 'no-permission'],
    [{}, 'no-permission'],
  ])('by a 403 with %j means %s', (body, wanted) => expect(outcome(403, body)).toBe(wanted));

  it('about a call is read from the header where the body does not name it', () => {
    const message = { message: 'x' };
    expect(code(400, message, 'ThrottlingException:http://internal.amazon.com/coral/x/')).toBe('rate_limited');
    expect(code(403, message, 'ExpiredTokenException')).toBe('key_rejected');
    expect(code(403, message, 'AccessDeniedException')).toBe('key_permission');
    expect(code(400, message, 'ValidationException')).toBe('upstream_refused_request');
    expect(code(404, message, 'ResourceNotFoundException')).toBe('model_not_found');
    expect(code(424, message)).toBe('upstream_error');
    expect(code(429, message, 'ModelNotReadyException')).toBe('upstream_overloaded');
    expect(code(400, { message: 'The provided model identifier is invalid.' }, 'ValidationException')).toBe('model_not_found');
  });
});

describe('models of AWS Bedrock', () => {
  it.each([
    'anthropic.claude-3-haiku-20240307-v1:0',
    'us.anthropic.claude-sonnet-5',
    'us-gov.anthropic.claude-3-5-sonnet-20240620-v1:0',
    'global.amazon.nova-2-lite-v1:0',
    'amazon.nova-micro-v1:0',
    'meta.llama3-1-70b-instruct-v1:0',
    'openai.gpt-oss-120b-1:0',
    'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-5-v1:0',
    'arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-pro-v1:0',
  ])('are known by the bare name %s', (name) => {
    expect(resolveModel(name)).toEqual([{ provider: awsBedrock, upstreamModel: name }]);
    expect(resolveModel(`bedrock/${name}`)).toEqual([{ provider: awsBedrock, upstreamModel: name }]);
    expect(aggregatorTarget(findProvider('openrouter')!, name)).toBeNull();
    expect(isKnownModel(name)).toBe(true);
  });

  it.each(['claude-sonnet-5', 'gpt-4.1', 'deepseek-v3.1', 'qwen3.5-plus', 'llama3.1:8b', 'amazon/nova-pro-v1', 'mistral-large', 'nova-pro', 'grok-4.3', 'arn:aws:s3:::bucket/x', 'kimi-k2.5'])('are not %s', (name) => expect(resolveModel(name).map(({ provider }) => provider.id)).not.toContain('aws-bedrock'));
});
