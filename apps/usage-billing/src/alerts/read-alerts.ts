import type { AlertMessage } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { z } from 'zod';
import { acknowledge, listAlerts as findAlerts, type Alert } from '../store/alerts.store.js';
import { parse } from '../wire/parse.js';
import { alertText } from './alert-text.js';

const id = z.string().min(1).max(64);
const ListAlertsRequest = z.object({ orgId: id, after: z.string().max(64).default(''), limit: z.int().min(0).default(0), isOpen: z.boolean().default(false) });
const AcknowledgeRequest = z.object({ orgId: id, alertId: id, by: id });

/** Newest first. */
export async function listAlerts(deps: { db: Sql }, message: unknown): Promise<{ items: AlertMessage[]; next: string }> {
  const { orgId, after, isOpen, ...request } = parse(ListAlertsRequest, message);
  const limit = Math.min(request.limit || 50, 200);
  const alerts = await findAlerts(deps.db, orgId, { before: after, limit: limit + 1, isOpen });
  const page = alerts.slice(0, limit);
  return { items: page.map(messageOf), next: alerts.length > limit ? page.at(-1)!.id : '' };
}

export async function acknowledgeAlert(deps: { db: Sql }, message: unknown): Promise<AlertMessage> {
  const { orgId, alertId, by } = parse(AcknowledgeRequest, message);
  const alert = await acknowledge(deps.db, orgId, alertId, by);
  if (!alert) throw new AppError('not_found', 'There is no such alert.');
  return messageOf(alert);
}

function messageOf(alert: Alert): AlertMessage {
  return {
    ...{ id: alert.id, kind: alert.kind, subject: alert.subject, text: alertText(alert), factsJson: JSON.stringify(alert.facts), createdAt: alert.createdAt.toISOString() },
    ...{ acknowledgedAt: alert.acknowledgedAt?.toISOString() ?? '', acknowledgedBy: alert.acknowledgedBy ?? '' },
    deliveries: alert.deliveries.map(({ webhookId, status, attempts, lastProblem }) => ({ to: webhookId ?? 'email', status, attempts, problem: lastProblem ?? '' })),
  };
}
