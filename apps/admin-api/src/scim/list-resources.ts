import type { ScimList, ScimQuery } from '@byok/contracts';
import type { DirectoryQuery, Found } from '@byok/identity';
import { AppError } from '@byok/kernel';
import type { WantedAttributes } from './wanted-attributes.js';
import { asScim, assertPlainFilter, Filter, ListResponse } from './scim-library.js';

const MOST_PER_PAGE = 200;
const MOST_FILTERED = 10_000;

interface Kind<Row> {
  /** The attribute that is the thing's name, compared without regard to case. */
  nameAttribute: 'userName' | 'displayName';
  find: (query: DirectoryQuery) => Promise<Found<Row>>;
  show: (row: Row, wanted?: WantedAttributes) => object;
}

/** A page of resources. `userName eq`, `displayName eq`, `externalId eq` and `id eq`, which are what directories ask, are the database's to find; other filters go through all. */
export async function listResources<Row>(kind: Kind<Row>, query: ScimQuery): Promise<ScimList> {
  const startIndex = Math.max(1, query.startIndex ?? 1);
  const count = Math.min(Math.max(0, query.count ?? 100), MOST_PER_PAGE);
  const page = { offset: startIndex - 1, limit: count };
  const filter = query.filter === undefined ? undefined : await readFilter(query.filter);
  const exact = filter && exactly(filter, kind.nameAttribute);
  if (filter && !exact) return filtered(kind, filter, query, startIndex, page);
  const { items, total } = await kind.find({ ...exact, ...page });
  return listOf(items.map((row) => kind.show(row, query)), startIndex, total);
}

async function readFilter(text: string): Promise<InstanceType<typeof Filter>> {
  assertPlainFilter(text);
  return asScim(() => new Filter(text));
}

/** The one name that a filter asks for with `eq`, if it asks for nothing else. */
function exactly(filter: InstanceType<typeof Filter>, nameAttribute: string): DirectoryQuery | undefined {
  const [first, ...others] = filter as Record<string, unknown>[];
  const entries = Object.entries(first ?? {});
  const [attribute, comparison] = entries[0] ?? [];
  if (others.length > 0 || entries.length !== 1 || !Array.isArray(comparison) || comparison.length !== 2 || comparison[0] !== 'eq' || typeof comparison[1] !== 'string') return undefined;
  if (attribute === nameAttribute) return { name: comparison[1] };
  return attribute === 'externalId' || attribute === 'id' ? { [attribute]: comparison[1] } : undefined;
}

async function filtered<Row>({ nameAttribute, find, show }: Kind<Row>, filter: InstanceType<typeof Filter>, wanted: WantedAttributes, startIndex: number, { offset, limit }: { offset: number; limit: number }): Promise<ScimList> {
  const { items, total } = await find({ limit: MOST_FILTERED });
  if (total > MOST_FILTERED) throw new AppError('invalid_request', `There are more than ${MOST_FILTERED}: filter by ${nameAttribute}, externalId or id.`, { details: { scimType: 'tooMany' } });
  // What a filter asks about need not be what the answer shows.
  const rows = new Map(items.map((row) => [show(row), row]));
  const fitting = await asScim(() => filter.match([...rows.keys()]) as object[]);
  return listOf(fitting.slice(offset, offset + limit).map((resource) => show(rows.get(resource)!, wanted)), startIndex, fitting.length);
}

function listOf(resources: object[], startIndex: number, totalResults: number): ScimList {
  return { schemas: [ListResponse.id], totalResults, startIndex, itemsPerPage: resources.length, Resources: resources as ScimList['Resources'] };
}
