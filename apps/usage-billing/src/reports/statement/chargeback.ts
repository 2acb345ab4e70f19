import { SetChargeback, type ChargebackMessage } from '@byok/contracts';
import type { Sql } from '@byok/platform';
import { z } from 'zod';
import { findChargeback, putChargeback } from '../../store/chargeback.store.js';
import { parse } from '../../wire/parse.js';

const OrgId = z.string().min(1).max(64);
const Message = z.object({ orgId: OrgId, rules: z.string().max(262_144), actor: z.string().max(64) });

export async function getChargeback({ db }: { db: Sql }, message: unknown): Promise<ChargebackMessage> {
  const { orgId } = parse(z.object({ orgId: OrgId }), message);
  const found = await findChargeback(db, orgId);
  return { orgId, rules: found ? JSON.stringify(found) : '', actor: '' };
}

/** Replaces all rules of an org. They divide what is asked for from now on, of any month. */
export async function setChargeback({ db }: { db: Sql }, message: unknown): Promise<ChargebackMessage> {
  const { orgId, rules, actor } = parse(Message, message);
  const chargeback = parse(SetChargeback, jsonOf(rules));
  await putChargeback(db, orgId, chargeback, actor);
  return { orgId, rules: JSON.stringify(chargeback), actor };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
