import { aggregatorTarget, findProvider, isKnownModel, resolveModel } from './index.js';

const direct = (name: string) => resolveModel(name).map(({ provider, upstreamModel }) => `${provider.id} ${upstreamModel}`);
const atOpenRouter = (name: string) => aggregatorTarget(findProvider('openrouter')!, name)?.upstreamModel ?? null;

describe('resolveModel', () => {
  it.each([
    ['openai/gpt-4o', 'openai gpt-4o'],
    ['gpt-4o', 'openai gpt-4o'],
    ['o3-mini', 'openai o3-mini'],
    ['text-embedding-3-small', 'openai text-embedding-3-small'],
    ['text-embedding-v4', 'dashscope text-embedding-v4'],
    ['claude-sonnet-5', 'anthropic claude-sonnet-5'],
    ['grok-4.3', 'xai grok-4.3'],
    ['x-ai/grok-4.3', 'xai grok-4.3'],
    ['mistralai/mistral-large-latest', 'mistral mistral-large-latest'],
    ['codestral-latest', 'mistral codestral-latest'],
    ['deepseek-v4-flash', 'deepseek deepseek-v4-flash'],
    ['groq/openai/gpt-oss-120b', 'groq openai/gpt-oss-120b'],
    ['together-ai/meta-llama/Llama-3.3-70B-Instruct-Turbo', 'together meta-llama/Llama-3.3-70B-Instruct-Turbo'],
    ['accounts/fireworks/models/kimi-k2p6', 'fireworks accounts/fireworks/models/kimi-k2p6'],
    ['fireworks/accounts/fireworks/models/kimi-k2p6', 'fireworks accounts/fireworks/models/kimi-k2p6'],
    ['@cf/meta/llama-3.3-70b-instruct-fp8-fast', 'cloudflare @cf/meta/llama-3.3-70b-instruct-fp8-fast'],
    ['nvidia/llama-3.1-nemotron-70b-instruct', 'nvidia-nim nvidia/llama-3.1-nemotron-70b-instruct'],
    ['nvidia/meta/llama-3.1-8b-instruct', 'nvidia-nim meta/llama-3.1-8b-instruct'],
    ['sonar', 'perplexity perplexity/sonar'],
    ['perplexity/sonar', 'perplexity perplexity/sonar'],
    ['perplexity/openai/gpt-5.5', 'perplexity openai/gpt-5.5'],
    ['openrouter/auto', 'openrouter openrouter/auto'],
    ['openrouter/anthropic/claude-opus-5', 'openrouter anthropic/claude-opus-5'],
    ['vllm/my-model', 'openai-compatible my-model'],
    ['octoai/llama', 'octoai llama'],
  ])('%s → %s', (name, wanted) => expect(direct(name)).toEqual([wanted]));

  it('finds every host that shares a bare name', () => expect(direct('gpt-oss-120b')).toEqual(['cerebras gpt-oss-120b', 'sambanova gpt-oss-120b']));

  it('finds both of Google for its models', () => expect(direct('gemini-3-pro')).toEqual(['google gemini-3-pro', 'vertex-ai gemini-3-pro']));

  it.each(['', '/', 'openai/', '/gpt-4o', 'no-such-model', 'nobody/model', 'nova-pro', '__proto__/x', 'constructor', 'x'.repeat(100_000), `gpt-${'x'.repeat(1000)}`])('knows no direct provider for %.40s', (name) => expect(direct(name)).toEqual([]));
});

describe('aggregatorTarget', () => {
  it.each([
    ['gpt-4o', 'openai/gpt-4o'],
    ['openai/gpt-4o', 'openai/gpt-4o'],
    ['claude-sonnet-5', 'anthropic/claude-sonnet-5'],
    ['xai/grok-4.3', 'x-ai/grok-4.3'],
    ['mistral/mistral-large-latest', 'mistralai/mistral-large-latest'],
    ['moonshot/kimi-k3', 'moonshotai/kimi-k3'],
    ['gemini-3-pro', 'google/gemini-3-pro'],
    ['gemini/gemini-3-pro', 'google/gemini-3-pro'],
    ['command-a', 'cohere/command-a'],
    ['sonar', 'perplexity/sonar'],
    ['meta-llama/llama-4:free', 'meta-llama/llama-4:free'],
    ['openrouter/auto', 'openrouter/auto'],
    ['openrouter/anthropic/claude-opus-5', 'anthropic/claude-opus-5'],
  ])('%s is %s at OpenRouter', (name, wanted) => expect(atOpenRouter(name)).toBe(wanted));

  it.each(['groq/openai/gpt-oss-120b', 'together/meta-llama/x', 'octoai/llama', 'vllm/my-model', 'no-such-model', '', '/', 'a/', '@cf/meta/x', 'accounts/fireworks/models/x'])('is not asked for %s', (name) => expect(atOpenRouter(name)).toBeNull());

  it('is nothing for a provider that sells only its own', () => expect(aggregatorTarget(findProvider('openai')!, 'gpt-4o')).toBeNull());

  it('knows vendors that have no folder yet', () => {
    for (const name of ['gemini-3-pro', 'google/x', 'gemini/x', 'command-a', 'gpt-4o', 'octoai/x']) expect(isKnownModel(name)).toBe(true);
    for (const name of ['no-such-model', 'nobody/model', '']) expect(isKnownModel(name)).toBe(false);
  });
});
