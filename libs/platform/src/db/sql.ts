/** The least a store needs: one parameterised statement in, rows out. int8 columns come back as strings. */
export interface Sql {
  query<T = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}
