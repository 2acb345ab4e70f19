import { MAX_LATENCY_DAYS, UsageDimension } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import { z } from 'zod';

const MAX_LIMIT = 1000;
const MAX_DIMENSIONS = 20;
const DAY_MS = 86_400_000;

/** The request as it comes over gRPC: strings that are not set are empty. */
const WireRequest = z.object({
  orgId: z.string().max(64).default(''),
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  groupBy: z.array(UsageDimension).max(MAX_DIMENSIONS).default([]),
  filters: z.record(z.string(), z.string().max(256)).default({}),
  after: z.string().max(4096).default(''),
  limit: z.number().int().min(0).default(0),
  latency: z.boolean().default(false),
});

export interface UsageQuestion {
  /** null: every org, for the operator of the platform. */
  orgId: string | null;
  from: string;
  to: string;
  groupBy: UsageDimension[];
  /** '' is for what has none. */
  filters: readonly (readonly [UsageDimension, string])[];
  /** The values of the last item of the page before. */
  after: string[] | null;
  limit: number;
  latency: boolean;
}

/** @throws AppError invalid_request naming the fields */
export function parseUsageRequest(message: unknown): UsageQuestion {
  const parsed = WireRequest.safeParse(message);
  if (!parsed.success) throw invalid([...new Set(parsed.error.issues.map((issue) => issue.path.slice(0, 2).join('.')))]);
  const { orgId, from, to, after, limit, latency } = parsed.data;
  const groupBy = [...new Set(parsed.data.groupBy)];
  if (Date.parse(from) >= Date.parse(to)) throw invalid(['from', 'to']);
  if (latency && Date.parse(to) - Date.parse(from) > MAX_LATENCY_DAYS * DAY_MS) throw invalid(['latency']);
  const filters = parseFilters(parsed.data.filters);
  return { orgId: orgId || null, from, to, groupBy, filters, after: after ? parseAfter(after, groupBy.length) : null, limit: Math.min(limit || MAX_LIMIT, MAX_LIMIT), latency };
}

export function parseFilters(filters: Readonly<Record<string, string>>): UsageQuestion['filters'] {
  return Object.entries(filters).map(([name, value]) => {
    const dimension = UsageDimension.safeParse(name);
    if (!dimension.success) throw invalid(['filters']);
    if (value.includes('\0')) throw invalid(['filters']);
    return [dimension.data, value] as const;
  });
}

export function formatAfter(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

const After = z.array(z.string().max(256));

function parseAfter(text: string, length: number): string[] {
  try {
    const values = After.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (values.length === length && length > 0 && !values.some((value) => value.includes('\0'))) return values;
  } catch {
    // Not one of ours: refused below, without its content.
  }
  throw invalid(['after']);
}

export function invalid(fields: string[]): AppError {
  return new AppError('invalid_request', `Not valid: ${fields.join(', ')}.`, { details: { fields } });
}
