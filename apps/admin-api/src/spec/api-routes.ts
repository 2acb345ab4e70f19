import type { TestApi } from './test-api.js';

export interface Route {
  method: string;
  template: string;
  /** As ROUTE_REQUESTS names it. */
  name: string;
  /** A permission, `signed-in`, or nothing for a route that is open to everybody. */
  demanded: string | undefined;
  query: readonly string[];
  takesBody: boolean;
  /** Members of the body that are text. */
  textFields: readonly string[];
}

interface Schema {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
}

interface Operation {
  'x-permission'?: string;
  requestBody?: { content: Record<string, { schema: Schema }> };
  parameters?: { name: string; in: string }[];
}

/** Every route, as the OpenAPI tells it. */
export async function apiRoutes(api: TestApi): Promise<Route[]> {
  const document = (await api.as()('GET', '/api/openapi.json')).body as { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } };
  const named = ({ $ref }: Schema): Schema | undefined => ($ref ? document.components.schemas[$ref.split('/').at(-1)!] : undefined);
  const textFieldsOf = ({ requestBody }: Operation): string[] => {
    const [schema] = Object.values(requestBody?.content ?? {}).map((each) => named(each.schema) ?? each.schema);
    return Object.entries(schema?.properties ?? {}).flatMap(([name, field]) => ((named(field) ?? field).type === 'string' ? [name] : []));
  };
  return Object.entries(document.paths).flatMap(([template, path]) =>
    Object.entries(path).map(([method, operation]) => ({
      ...{ method: method.toUpperCase(), template, name: `${method.toUpperCase()} ${template}`, demanded: operation['x-permission'] },
      ...{ query: (operation.parameters ?? []).filter((each) => each.in === 'query').map((each) => each.name), takesBody: operation.requestBody !== undefined, textFields: textFieldsOf(operation) },
    })),
  );
}
