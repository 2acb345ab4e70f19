import { resolveModel } from '@byok/providers';
import type { ModelTarget } from '@byok/providers';

/** True when the list is empty or one entry names the model, `*` at the end being a prefix match. */
export function isModelAllowed(allowed: readonly string[], names: readonly string[]): boolean {
  return allowed.length === 0 || allowed.some((entry) => names.some((name) => matches(entry, name)));
}

function matches(entry: string, name: string): boolean {
  return entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : entry === name;
}

/**
 * Every name by which a list may mean this model: as it was asked for, as `provider/model`, and bare where the provider owns the bare name.
 * A host that merely uses the same bare name (`vllm/gpt-4o`) does not get the owner's.
 */
export function namesOfModel(requested: string, targets: readonly ModelTarget[], candidate: ModelTarget): string[] {
  const names = new Set([requested]);
  for (const target of [...targets, candidate]) {
    const { provider, upstreamModel } = target;
    names.add(upstreamModel.startsWith(`${provider.id}/`) ? upstreamModel : `${provider.id}/${upstreamModel}`);
    if (provider.aggregator) addSoldModel(names, upstreamModel);
    else if (ownsBareName(target)) names.add(upstreamModel);
  }
  return [...names];
}

/** What an aggregator calls `vendor/model` is the vendor's model, under the vendor's own names too. */
function addSoldModel(names: Set<string>, upstreamModel: string): void {
  names.add(upstreamModel);
  for (const target of resolveModel(upstreamModel)) {
    if (target.provider.vendorPrefix === null) continue;
    names.add(`${target.provider.id}/${target.upstreamModel}`);
    if (ownsBareName(target)) names.add(target.upstreamModel);
  }
}

function ownsBareName({ provider, upstreamModel }: ModelTarget): boolean {
  return provider.ownsModel.some((pattern) => pattern.test(upstreamModel));
}
