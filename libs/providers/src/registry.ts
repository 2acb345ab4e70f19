import { ai21 } from './ai21/index.js';
import { anthropic } from './anthropic/index.js';
import { anyscale } from './anyscale/index.js';
import { awsBedrock } from './aws-bedrock/index.js';
import { azureOpenai } from './azure-openai/index.js';
import { cerebras } from './cerebras/index.js';
import { cloudflare } from './cloudflare/index.js';
import { cohere } from './cohere/index.js';
import { dashscope } from './dashscope/index.js';
import { databricks } from './databricks/index.js';
import { deepinfra } from './deepinfra/index.js';
import { deepseek } from './deepseek/index.js';
import { fireworks } from './fireworks/index.js';
import { githubModels } from './github-models/index.js';
import { google } from './google/index.js';
import { groq } from './groq/index.js';
import { huggingface } from './huggingface/index.js';
import { hyperbolic } from './hyperbolic/index.js';
import { inflection } from './inflection/index.js';
import { jina } from './jina/index.js';
import { lepton } from './lepton/index.js';
import { lmstudio } from './lmstudio/index.js';
import { mistral } from './mistral/index.js';
import { moonshot } from './moonshot/index.js';
import { nebius } from './nebius/index.js';
import { novita } from './novita/index.js';
import { nvidiaNim } from './nvidia-nim/index.js';
import { octoai } from './octoai/index.js';
import { ollama } from './ollama/index.js';
import { openai } from './openai/index.js';
import { selfHosted } from './openai-compatible/index.js';
import { openrouter } from './openrouter/index.js';
import { replicate } from './replicate/index.js';
import { perplexity } from './perplexity/index.js';
import { sambanova } from './sambanova/index.js';
import { together } from './together/index.js';
import { vertexAi } from './vertex-ai/index.js';
import { voyage } from './voyage/index.js';
import { xai } from './xai/index.js';
import { zai } from './zai/index.js';
import type { Provider } from './provider.js';

/** Every provider we know, dead ones included; a new folder is one import and one line here. */
export const PROVIDERS: readonly Provider[] = [
  ai21,
  anthropic,
  anyscale,
  awsBedrock,
  azureOpenai,
  cerebras,
  cloudflare,
  cohere,
  dashscope,
  databricks,
  deepinfra,
  deepseek,
  fireworks,
  githubModels,
  google,
  groq,
  huggingface,
  hyperbolic,
  inflection,
  jina,
  lepton,
  lmstudio,
  mistral,
  moonshot,
  nebius,
  novita,
  nvidiaNim,
  octoai,
  ollama,
  openai,
  selfHosted,
  openrouter,
  perplexity,
  replicate,
  sambanova,
  together,
  vertexAi,
  voyage,
  xai,
  zai,
];

const BY_NAME: ReadonlyMap<string, Provider> = new Map(PROVIDERS.flatMap((provider) => [provider.id, ...provider.aliases].map((name) => [name, provider] as const)));

/** By id or alias. */
export function findProvider(idOrAlias: string): Provider | undefined {
  return BY_NAME.get(idOrAlias);
}
