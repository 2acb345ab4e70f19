import { probeOf } from '../probe.js';
import type { Provider } from '../provider.js';
import { readCredentials } from './read-credentials.js';

/** Whoever made the model stands before the first dot; an inference profile begins with where it may run. */
const OWN_MODEL = /^(?:(?:us|us-gov|eu|apac|global|jp|au|ca)\.)?(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|writer|zai)\.[a-z0-9]/;
const OWN_ARN = /^arn:aws[a-z-]{0,16}:bedrock:[a-z0-9-]{0,32}:\d{0,12}:[a-z-]{1,40}\/[A-Za-z0-9]/;

const ACCESS_KEY = String.raw`\{"access_key_id":"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}","secret_access_key":"[A-Za-z0-9/+=]{40}"(?:,"session_token":"[A-Za-z0-9/+=_-]+")?\}`;
const API_KEY = String.raw`ABSK[A-Za-z0-9+/]{109,269}={0,2}|bedrock-api-key-[A-Za-z0-9+/=._-]+`;

// Access keys and API keys only: a role to assume would need AWS's token service before every hour's calls.
export const awsBedrock: Provider = {
  id: 'aws-bedrock',
  name: 'AWS Bedrock',
  aliases: ['bedrock'],
  environment: { AWS_BEARER_TOKEN_BEDROCK: 'api_key', AWS_ACCESS_KEY_ID: 'access_key_id', AWS_SECRET_ACCESS_KEY: 'secret_access_key', AWS_SESSION_TOKEN: 'session_token', AWS_REGION: 'region' },
  status: { state: 'active', since: null, detail: null },
  links: {
    console: 'https://console.aws.amazon.com/bedrock/home#/api-keys',
    docs: 'https://docs.aws.amazon.com/bedrock/latest/APIReference',
    prices: 'https://aws.amazon.com/bedrock/pricing',
  },
  baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
  paths: { converse: { plain: '/model/{model}/converse', stream: '/model/{model}/converse-stream' } },
  endpoints: { converse: 'bedrock-converse' },
  auth: { kind: 'aws-sigv4', service: 'bedrock' },
  headers: [],
  configFields: [
    { name: 'api_key', required: false, secret: true, format: 'ABSK…, in place of an access key' },
    { name: 'access_key_id', required: false, secret: true, format: 'AKIA…, or ASIA… with a session token' },
    { name: 'secret_access_key', required: false, secret: true, format: '40 characters' },
    { name: 'session_token', required: false, secret: true, format: 'of a temporary access key' },
    { name: 'region', required: true, secret: false, format: 'such as us-east-1', pattern: /^[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/, default: 'us-east-1' },
  ],
  key: { hint: 'ABSK…, or access_key_id (AKIA…) and secret_access_key', pattern: new RegExp(`^(?:${API_KEY}|${ACCESS_KEY})$`), prefixes: ['ABSK', 'bedrock-api-key-', 'AKIA', 'ASIA'], adminPrefixes: [] },
  readSecret: readCredentials,
  // A key that may do nothing but call models is refused here, too, and is a good one.
  probe: probeOf({
    url: 'https://bedrock.{region}.amazonaws.com/foundation-models',
    refused: [
      'unrecognizedclientexception',
      'invalidclienttokenid',
      'expiredtokenexception',
      'missingauthenticationtokenexception',
      'security token included in the request is',
      'request signature we calculated does not match',
      'api key is valid',
      'invalid api key',
    ],
    hintWhenInvalid: 'Or it has run out, or it belongs to another region: keys that begin with bedrock-api-key- live for twelve hours at most and know one region.',
  }),
  errors: {
    billing: [],
    codeHeader: 'x-amzn-errortype',
    byCode: {
      UnrecognizedClientException: 'key_rejected',
      InvalidClientTokenId: 'key_rejected',
      InvalidSignatureException: 'key_rejected',
      ExpiredTokenException: 'key_rejected',
      MissingAuthenticationTokenException: 'key_rejected',
      ThrottlingException: 'rate_limited',
      ServiceQuotaExceededException: 'rate_limited',
      ResourceNotFoundException: 'model_not_found',
      ModelNotReadyException: 'upstream_overloaded',
      ServiceUnavailableException: 'upstream_overloaded',
      ModelTimeoutException: 'upstream_timeout',
      ModelErrorException: 'upstream_error',
      ModelStreamErrorException: 'upstream_error',
    },
    byStatus: { 424: 'upstream_error' },
    byMessage: [
      { status: 400, includes: 'model identifier is invalid', code: 'model_not_found' },
      { status: 403, includes: 'security token included in the request is', code: 'key_rejected' },
      { status: 403, includes: 'api key is valid', code: 'key_rejected' },
    ],
  },
  usage: { streamOptions: 'not-needed', reasoning: 'included' },
  onAbort: 'abort',
  aggregator: false,
  vendorPrefix: null,
  ownNamespaces: [],
  ownsModel: [OWN_MODEL, OWN_ARN],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['us.anthropic.claude-sonnet-5', 'amazon.nova-micro-v1:0', 'openai.gpt-oss-120b-1:0'],
  rateLimitHeaders: [],
};
