import type { ReportsForAdmin } from '@byok/contracts';
import type { z } from 'zod';

export interface ReportDeps {
  billing: Pick<ReportsForAdmin, 'getReport'>;
}

export interface Asked {
  orgId: string;
  filters: Record<string, string>;
  from?: string;
  to?: string;
  /** The report's own part. */
  question: object;
}

/** A report of usage-billing, which is a document; read by the schema that the answer has on our own wire. */
export async function askReport<T extends z.ZodType>(deps: ReportDeps, report: string, schema: T, { orgId, filters, from = '', to = '', question }: Asked): Promise<z.infer<T>> {
  const { answer } = await deps.billing.getReport({ report, orgId, filters, from, to, question: JSON.stringify(question) });
  return schema.parse(JSON.parse(answer));
}
