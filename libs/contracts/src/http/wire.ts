import { z } from 'zod';

/** An id in a path, a query or a body. Its shape is not checked: an id that does not exist is a 404, whatever it looks like. */
export const AnyId = z.string().min(1).max(64);

/** RFC 3339 in UTC or with an offset. */
export const Timestamp = z.iso.datetime({ offset: true });

/** Decimal US dollars, such as "12.50". */
export const Usd = z.string().regex(/^-?\d+\.\d{2,9}$/);

/** One line of text for people; control characters would break logs and terminals. */
export const Line = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters');

/** How a list is read: `after` is the `next` of the page before. */
export const PageQuery = z.strictObject({
  after: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** A page: `next` is null on the last one. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
export interface Page<T> {
  items: T[];
  next: string | null;
}

/** Every error of the admin API, as application/problem+json. */
export const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
