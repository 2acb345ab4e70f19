import { openAiCompatible } from '../open-ai-compatible.js';
import { openAiWire } from '../openai/wire.js';

const API_VERSION = 'api_version';

/** The dated API names the deployment in its path, the v1 API takes it for the model in the body; either way it is what callers write as the model. */
function path(ofDeployment: string): { field: string; filled: string; empty: string } {
  return { field: API_VERSION, filled: `/deployments/{model}${ofDeployment}?api-version={${API_VERSION}}`, empty: `/v1${ofDeployment}` };
}

// Keys only: Microsoft Entra ID needs a client secret and a token exchange of its own.
export const azureOpenai = openAiCompatible({
  id: 'azure-openai',
  name: 'Azure OpenAI (Microsoft Foundry)',
  aliases: ['azure'],
  environment: { AZURE_OPENAI_ENDPOINT: 'endpoint_url', OPENAI_API_VERSION: 'api_version' },
  consoleUrl: 'https://portal.azure.com',
  docsUrl: 'https://learn.microsoft.com/azure/ai-services/openai/reference',
  pricesUrl: 'https://azure.microsoft.com/pricing/details/cognitive-services/openai-service',
  baseUrl: '{endpoint_url}/openai',
  endpoints: ['chat', 'completions', 'responses', 'embeddings'],
  paths: {
    chat: path('/chat/completions'),
    completions: path('/completions'),
    // Never under a deployment, and the v1 API is the one that has all of it.
    responses: '/v1/responses',
    embeddings: path('/embeddings'),
    models: '/models?api-version=2024-10-21',
  },
  keyHeader: 'api-key',
  key: { hint: '32 hex digits or 84 letters and digits', pattern: /^(?:[a-fA-F0-9]{32}|[A-Za-z0-9]{84})$/ },
  config: [
    {
      name: 'endpoint_url',
      required: true,
      format: 'https://….openai.azure.com',
      pattern: /^https:\/\/[a-z0-9][a-z0-9-]{0,62}\.(?:openai\.azure\.com|services\.ai\.azure\.com|cognitiveservices\.azure\.com)$/,
    },
    { name: API_VERSION, required: false, format: 'such as 2024-10-21, for the dated API; empty for v1', pattern: /^\d{4}-\d{2}-\d{2}(?:-preview)?$/ },
  ],
  // Knows the key and its resource, not whether a deployment is there. 403 is a network rule or a missing role.
  probe: { url: '/models?api-version=2024-10-21', hintWhenInvalid: 'Or it belongs to another resource than the endpoint.' },
  errors: {
    byCode: { DeploymentNotFound: 'model_not_found', content_filter: 'upstream_refused_request', PermissionDenied: 'key_permission' },
  },
  wire: openAiWire,
  // No models of its own: what callers name is the deployment.
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  rateLimitHeaders: ['x-ratelimit-remaining-requests', 'x-ratelimit-remaining-tokens', 'retry-after', 'retry-after-ms'],
});
