export { aggregatorTarget, isKnownModel, resolveModel } from './resolve-model.js';
export type { ModelTarget } from './resolve-model.js';
export { authHeaders } from './auth-headers.js';
export { checkSecret, providerDiscontinued } from './check-secret.js';
export type { CheckedSecret } from './check-secret.js';
export { classifyError } from './classify-error.js';
export type { UpstreamFailure, UpstreamHeaders } from './classify-error.js';
export { CHAT_ENDPOINTS, DIALECT_OF, EMBEDDING_ENDPOINTS } from './endpoints.js';
export type { CallEndpoint, Dialect, Endpoint, UpstreamEndpoint } from './endpoints.js';
export { capGenerate, choicesOf, maxOutputField, maxOutputOf } from './cap-output.js';
export { upstreamEndpoint } from './upstream-endpoint.js';
export type {
  Auth,
  ConfigField,
  KeyFormat,
  Probe,
  ProbeOutcome,
  ProbeVerdict,
  Provider,
  ProviderConfig,
  ProviderStatus,
} from './provider.js';
export { atOverride, endpointUrl, isPathPerCall } from './endpoint-url.js';
export type { PathFacts } from './endpoint-url.js';
export { PROVIDERS, findProvider } from './registry.js';
export type { Abandonment, FollowUp } from './dialects/dialect.js';
export { UPSTREAMS } from './dialects/registry.js';
export { FIELDS } from './dialects/field-rules.js';
export type { FieldRules } from './dialects/field-rules.js';
export { probeRequest } from './probe-request.js';
export type { ProbeRequest } from './probe-request.js';
export { credentialsIn } from './aws-bedrock/read-credentials.js';
export type { AwsCredentials } from './aws-bedrock/read-credentials.js';
export { secretParts } from './json-secret.js';
export { environmentOf } from './environment-of.js';
export { redactKey } from './redact-key.js';
export { rewriteBody } from './rewrite-body.js';
export type { BodyChanges } from './rewrite-body.js';
export { TranslatedStream, TranslatedWhole, translate } from './translate.js';
export type { Translation, TranslationInput } from './translate.js';
export { BodyScanner, scanBody } from './scan-body.js';
export { STATE_NAMES } from './scan-body-names.js';
export type { BodyScan } from './scan-body.js';
export { createUsageTap } from './usage-tap.js';
export type { TapResult, UsageTap } from './usage-tap.js';
export { usageFromAnswer } from './usage-from-answer.js';
export { TOKEN_URI as GOOGLE_TOKEN_URI, serviceAccountIn } from './vertex-ai/read-service-account.js';
export type { ServiceAccount } from './vertex-ai/read-service-account.js';
export { tasksOfModel } from './tasks-of-model.js';
export type { ModelTask } from './tasks-of-model.js';
