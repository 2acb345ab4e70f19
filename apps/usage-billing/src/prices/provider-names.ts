/**
 * Our provider ids and where genai-prices keeps their prices, looked through in this order. A provider that is not here has
 * no prices there (or, like a router, no single one): its usage is recorded with an unknown cost.
 */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  anthropic: ['anthropic'],
  'aws-bedrock': ['aws'],
  'azure-openai': ['azure', 'openai', 'anthropic', 'deepseek', 'x-ai', 'moonshotai'],
  cerebras: ['cerebras'],
  cloudflare: ['cloudflare'],
  cohere: ['cohere'],
  deepseek: ['deepseek'],
  fireworks: ['fireworks'],
  google: ['google'],
  groq: ['groq'],
  mistral: ['mistral'],
  moonshot: ['moonshotai'],
  novita: ['novita'],
  openai: ['openai'],
  openrouter: ['openrouter'],
  perplexity: ['perplexity'],
  together: ['together'],
  'vertex-ai': ['google', 'anthropic'],
  voyage: ['voyageai'],
  xai: ['x-ai'],
  zai: ['zai'],
};

/** Every provider with its sources: ours under our names, all others under theirs, so that nothing is left behind. */
export function providersAndSources(sourceIds: readonly string[]): (readonly [provider: string, sources: readonly string[]])[] {
  const taken = new Set(Object.values(SOURCES).flat());
  const others = sourceIds.filter((id) => !taken.has(id) && !(id in SOURCES)).map((id) => [id, [id]] as const);
  return [...Object.entries(SOURCES), ...others];
}
