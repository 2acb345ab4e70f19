import { Amount, type AlertSettingsMessage } from '@byok/contracts';
import { formatUsd, parseUsd } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { z } from 'zod';
import { readAlertSettings, writeAlertSettings } from '../store/alert-settings.store.js';
import { parse } from '../wire/parse.js';

const orgId = z.string().min(1).max(64);
const SettingsRequest = z.object({ orgId, mailTo: z.array(z.email().max(254)).max(20).default([]), lowBalanceUsd: z.union([z.literal(''), Amount]).default('') });

export async function getAlertSettings(deps: { db: Sql }, message: unknown): Promise<AlertSettingsMessage> {
  const request = parse(z.object({ orgId }), message);
  const { mailTo, lowBalanceNanoUsd } = await readAlertSettings(deps.db, request.orgId);
  return { orgId: request.orgId, mailTo, lowBalanceUsd: lowBalanceNanoUsd === null ? '' : formatUsd(lowBalanceNanoUsd) };
}

export async function setAlertSettings(deps: { db: Sql }, message: unknown): Promise<AlertSettingsMessage> {
  const { mailTo, lowBalanceUsd, ...request } = parse(SettingsRequest, message);
  await writeAlertSettings(deps.db, request.orgId, { mailTo: [...new Set(mailTo)], lowBalanceNanoUsd: lowBalanceUsd === '' ? null : parseUsd(lowBalanceUsd) });
  return getAlertSettings(deps, request);
}
