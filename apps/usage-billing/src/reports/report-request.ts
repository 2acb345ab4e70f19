import { z } from 'zod';
import { parse } from '../wire/parse.js';
import { invalid, parseFilters, type UsageQuestion } from './usage-request.js';

const Moment = z.iso.datetime({ offset: true });

const WireRequest = z.object({
  report: z.string().max(64),
  orgId: z.string().min(1).max(64),
  from: Moment.or(z.literal('')).default(''),
  to: Moment.or(z.literal('')).default(''),
  filters: z.record(z.string(), z.string().max(256)).default({}),
  question: z.string().max(65_536).default('{}'),
});

/** What a report is asked. */
export interface ReportAsk {
  report: string;
  orgId: string;
  from: string;
  to: string;
  filters: UsageQuestion['filters'];
  /** As it came; the report's own schema reads it. */
  question: unknown;
}

/** @throws AppError invalid_request naming the fields */
export function parseReportRequest(message: unknown): ReportAsk {
  const { report, orgId, from, to, filters, question } = parse(WireRequest, message);
  return { report, orgId, from, to, filters: parseFilters(filters), question: parseJson(question) };
}

/** The period of a report that has one. */
export function periodOf({ from, to }: Pick<ReportAsk, 'from' | 'to'>): { from: string; to: string } {
  if (!from || !to || Date.parse(from) >= Date.parse(to)) throw invalid(['from', 'to']);
  return { from, to };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(['question']);
  }
}
