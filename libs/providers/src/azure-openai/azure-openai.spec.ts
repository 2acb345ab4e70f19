import { AppError } from '@byok/kernel';
import { checkSecret, classifyError, endpointUrl, probeRequest } from '../index.js';
import { azureOpenai } from './index.js';

const endpoint_url = 'https://acme-1.openai.azure.com';
const KEY = '0123456789abcdef'.repeat(2);

describe('azure-openai', () => {
  it('is asked at the v1 API unless the key names a dated one, whose path names the deployment', () => {
    const facts = { model: 'my gpt/4', stream: true };
    expect(endpointUrl(azureOpenai, 'chat', { endpoint_url }, undefined, facts)).toBe(`${endpoint_url}/openai/v1/chat/completions`);
    expect(endpointUrl(azureOpenai, 'embeddings', { endpoint_url }, undefined, facts)).toBe(`${endpoint_url}/openai/v1/embeddings`);
    const dated = { endpoint_url, api_version: '2024-10-21' };
    expect(endpointUrl(azureOpenai, 'chat', dated, undefined, facts)).toBe(`${endpoint_url}/openai/deployments/my%20gpt%2F4/chat/completions?api-version=2024-10-21`);
    expect(endpointUrl(azureOpenai, 'responses', dated, undefined, facts)).toBe(`${endpoint_url}/openai/v1/responses`);
    expect(endpointUrl(azureOpenai, 'chat', dated, 'http://127.0.0.1:4010/openai', { model: 'gpt', stream: false })).toBe('http://127.0.0.1:4010/openai/deployments/gpt/chat/completions?api-version=2024-10-21');
  });

  it('lets no deployment name climb out of its path', () => {
    for (const model of ['..', '.', 'a/../b', '']) expect(() => endpointUrl(azureOpenai, 'chat', { endpoint_url, api_version: '2024-10-21' }, undefined, { model, stream: false })).toThrow(AppError);
  });

  it('sends the key to Azure hosts only', () => {
    for (const host of ['acme.openai.azure.com.evil.example', 'evil.example/.openai.azure.com', 'openai.azure.com', 'a.b.openai.azure.com', 'ACME.openai.azure.com', 'acme.openai.azure.com:8443', 'acme.openai.azure.com/path', 'x@acme.openai.azure.com']) {
      expect(() => checkSecret(azureOpenai, KEY, { endpoint_url: `https://${host}` })).toThrow('endpoint_url');
    }
    expect(() => checkSecret(azureOpenai, KEY, { endpoint_url: 'http://acme.openai.azure.com' })).toThrow('endpoint_url');
    for (const host of ['acme.openai.azure.com', 'acme.openai.azure.com/', 'acme-2.services.ai.azure.com', 'acme.cognitiveservices.azure.com']) {
      expect(checkSecret(azureOpenai, KEY, { endpoint_url: `https://${host}` })).toMatchObject({ looksRight: true, config: { endpoint_url: `https://${host.replace('/', '')}` } });
    }
    for (const api_version of ['v1', 'latest', '2024-10-21&x=1', '2024-10-21#', '../']) expect(() => checkSecret(azureOpenai, KEY, { endpoint_url, api_version })).toThrow('api_version');
  });

  it('probes the resource with the key in its own header, at no cost', () => {
    expect(probeRequest(azureOpenai, KEY, { endpoint_url })).toEqual({ method: 'GET', url: `${endpoint_url}/openai/models?api-version=2024-10-21`, headers: ['api-key', KEY], body: null });
    expect(azureOpenai.probe!.classify(401, '{"error":{"code":"401","message":"Access denied"}}')).toMatchObject({ outcome: 'invalid', message: expect.stringContaining('another resource') as string });
    expect(azureOpenai.probe!.classify(403, '{"error":{"code":"AccessDenied"}}').outcome).toBe('no-permission');
  });

  it('tells a filtered prompt, a missing deployment and a missing role apart', () => {
    const filtered = { error: { message: 'The response was filtered.', type: null, param: 'prompt', code: 'content_filter', status: 400, innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: { hate: { filtered: true, severity: 'high' } } } } };
    expect(classifyError(azureOpenai, 400, {}, JSON.stringify(filtered))).toMatchObject({ code: 'upstream_refused_request', providerCode: 'content_filter' });
    expect(classifyError(azureOpenai, 404, {}, '{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}').code).toBe('model_not_found');
    expect(classifyError(azureOpenai, 401, {}, '{"error":{"code":"PermissionDenied","message":"Principal does not have access to API/Operation."}}').code).toBe('key_permission');
    expect(classifyError(azureOpenai, 429, { 'retry-after': '3' }, '{"error":{"code":"429","message":"Requests have exceeded call rate limit."}}')).toMatchObject({ code: 'rate_limited', retryAfterMs: 3000 });
  });
});
