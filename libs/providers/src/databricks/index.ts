import { openAiCompatible } from '../open-ai-compatible.js';

export const databricks = openAiCompatible({
  id: 'databricks',
  name: 'Databricks (Mosaic AI)',
  environment: { DATABRICKS_TOKEN: 'api_token', DATABRICKS_HOST: 'workspace_url' },
  docsUrl: 'https://docs.databricks.com/machine-learning/model-serving',
  pricesUrl: 'https://www.databricks.com/product/pricing/foundation-model-serving',
  baseUrl: '{workspace_url}/ai-gateway/mlflow/v1',
  endpoints: ['chat', 'completions', 'embeddings'],
  key: { field: 'api_token', hint: 'dapi…', pattern: /^dapi[a-f0-9]{32}(?:-\d+)?$/, prefixes: ['dapi'] },
  config: [
    {
      name: 'workspace_url',
      required: true,
      format: 'https://….cloud.databricks.com',
      pattern: /^https:\/\/[a-z0-9](?:[a-z0-9-]*\.)+(?:cloud\.databricks\.com|gcp\.databricks\.com|azuredatabricks\.net)$/,
    },
  ],
  // Proves the token, not that it may query a serving endpoint.
  probe: { url: '{workspace_url}/api/2.0/preview/scim/v2/Me', byStatus: { 403: 'invalid' } },
  ownsModel: [/^databricks-/],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['databricks-meta-llama-3-3-70b-instruct', 'system.ai.claude-sonnet-4-5', 'databricks-gte-large-en'],
});
