import type { Price, PriceImport, PriceImportMessage, PriceRowMessage } from '@byok/contracts';

export function priceToWire(row: PriceRowMessage): Price {
  const { orgId, layer, effectiveFrom, effectiveTo, ...price } = row;
  return { ...price, layer: layer as Price['layer'], org: orgId || null, effectiveFrom: effectiveFrom || null, effectiveTo: effectiveTo || null };
}

export function importToWire({ changes, ...counts }: PriceImportMessage): PriceImport {
  const ratesOf = (rates: Record<string, string>) => (Object.keys(rates).length > 0 ? rates : null);
  return { ...counts, changes: changes.map((each) => ({ ...each, change: each.change as 'changed', before: ratesOf(each.before), after: ratesOf(each.after) })) };
}
