/** A column of a bulk insert: its name, its PostgreSQL type and where its value comes from. */
export type BulkColumn<T> = readonly [name: string, type: string, value: (row: T) => unknown];

/** `unnest($1::text[], …) AS row (…)` and its parameters, one array per column: one statement for any number of rows. */
export function unnestRows<T>(columns: readonly BulkColumn<T>[], rows: readonly T[]): { from: string; parameters: unknown[][] } {
  const arrays = columns.map(([, type], index) => `$${index + 1}::${type}[]`);
  const names = columns.map(([name]) => name);
  return { from: `unnest(${arrays.join(', ')}) AS row (${names.join(', ')})`, parameters: columns.map(([, , value]) => rows.map(value)) };
}
