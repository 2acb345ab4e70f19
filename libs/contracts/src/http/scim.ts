import { z } from 'zod';
import { AnyId } from './wire.js';

// What SCIM's resources may hold is said by RFC 7643 and checked against its schemas by the SCIM library; here is their outline for readers.

const Reference = z.looseObject({ value: z.string().optional(), display: z.string().optional() });

export const ScimUser = z
  .looseObject({
    schemas: z.array(z.string()).optional(),
    id: z.string().optional(),
    externalId: z.string().nullish(),
    userName: z.string().optional().describe("the user's e-mail address"),
    displayName: z.string().nullish(),
    active: z.union([z.boolean(), z.string()]).nullish(),
  })
  .meta({ id: 'ScimUser' });
export type ScimUser = z.infer<typeof ScimUser>;

export const ScimGroup = z
  .looseObject({
    schemas: z.array(z.string()).optional(),
    id: z.string().optional(),
    externalId: z.string().nullish(),
    displayName: z.string().optional(),
    members: z.array(Reference).nullish(),
  })
  .meta({ id: 'ScimGroup' });
export type ScimGroup = z.infer<typeof ScimGroup>;

export const ScimPatch = z
  .looseObject({ schemas: z.array(z.string()).optional(), Operations: z.array(z.looseObject({ op: z.string(), path: z.string().optional(), value: z.unknown().optional() })).optional() })
  .meta({ id: 'ScimPatch' });
export type ScimPatch = z.infer<typeof ScimPatch>;

export const ScimList = z
  .looseObject({ schemas: z.array(z.string()), totalResults: z.number(), startIndex: z.number(), itemsPerPage: z.number(), Resources: z.array(z.looseObject({})) })
  .meta({ id: 'ScimList' });
export type ScimList = z.infer<typeof ScimList>;

export const ScimDocument = z.looseObject({ schemas: z.array(z.string()) }).meta({ id: 'ScimDocument' });
export type ScimDocument = z.infer<typeof ScimDocument>;

/** SCIM's own pages: from 1, by number. */
export const ScimQuery = z.object({
  filter: z.string().max(500).optional(),
  startIndex: z.coerce.number().int().optional(),
  count: z.coerce.number().int().optional(),
  attributes: z.string().max(500).optional(),
  excludedAttributes: z.string().max(500).optional(),
});
export type ScimQuery = z.infer<typeof ScimQuery>;

export const ScimSchemaPath = z.object({ org: AnyId, schema: z.string().max(100) });
export type ScimSchemaPath = z.infer<typeof ScimSchemaPath>;
