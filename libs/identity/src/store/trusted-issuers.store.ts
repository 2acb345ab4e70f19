import { newId } from '@byok/kernel';
import type { GroupId, Id, OrgId, TokenId } from '@byok/kernel';
import { notifyChange } from '@byok/platform';
import type { Sql } from '@byok/platform';
import type { Permission } from '../permissions.js';
import type { Page, PageRequest, Tx } from '../types.js';
import { lockOrg } from './orgs.store.js';
import { pageOf, pageParameters } from './page.js';
import { explainRefusal, found } from './refusals.js';

export type TrustedIssuerId = Id<'trustedIssuer'>;

/** What a service is that fits: the group it serves (none: the org), and what it may. */
export interface IssuerRule {
  when?: { claim: string; value: string } | undefined;
  group?: GroupId | undefined;
  allowedModels?: string[] | undefined;
  managementScopes?: Permission[] | undefined;
}

export interface TrustedIssuerInput {
  name: string;
  issuer: string;
  audience: string;
  /** null: where the issuer's own description says. */
  jwksUri: string | null;
  tokenType: 'at+jwt' | 'JWT';
  subjectPattern: string;
  /** The first that fits counts. */
  rules: IssuerRule[];
}

export interface TrustedIssuer extends TrustedIssuerInput {
  id: TrustedIssuerId;
  orgId: OrgId;
  createdBy: string | null;
  createdAt: Date;
}

const READ = `id, org_id AS "orgId", issuer, audience, jwks_uri AS "jwksUri", token_type AS "tokenType", subject_pattern AS "subjectPattern", rules`;
const ISSUER = `${READ}, name, created_by AS "createdBy", created_at AS "createdAt"`;
const TAKEN = { duplicate: 'This issuer is registered with this audience already. A JWT must mean one organisation only: use another audience.' };

/** Of every org: a JWT does not say whose it is. Those of its issuer, and those whose audience it names. */
export async function findIssuersOfJwt(db: Sql, issuer: string, audiences: readonly string[]): Promise<Omit<TrustedIssuer, 'name' | 'createdBy' | 'createdAt'>[]> {
  return db.query(`SELECT ${READ} FROM identity.trusted_issuer WHERE deleted_at IS NULL AND (issuer = $1 OR audience = ANY($2)) ORDER BY issuer = $1 AND audience = ANY($2) DESC LIMIT 20`, [issuer, audiences]);
}

export async function createTrustedIssuer(tx: Tx, orgId: OrgId, input: TrustedIssuerInput & { createdBy: string | null }): Promise<TrustedIssuer> {
  await lockOrg(tx, orgId);
  const insert = tx.query<TrustedIssuer>(
    `INSERT INTO identity.trusted_issuer (id, org_id, name, issuer, audience, jwks_uri, token_type, subject_pattern, rules, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING ${ISSUER}`,
    [newId('trustedIssuer'), orgId, input.name, input.issuer, input.audience, input.jwksUri, input.tokenType, input.subjectPattern, JSON.stringify(input.rules), input.createdBy],
  );
  const [issuer] = await explainRefusal(insert, TAKEN);
  return issuer!;
}

export async function listTrustedIssuers(db: Sql, orgId: OrgId, page: PageRequest = {}): Promise<Page<TrustedIssuer>> {
  const { after, limit } = pageParameters(page);
  const rows = await db.query<TrustedIssuer>(`SELECT ${ISSUER} FROM identity.trusted_issuer WHERE org_id = $1 AND deleted_at IS NULL AND id > $2 ORDER BY id LIMIT $3`, [orgId, after, limit]);
  return pageOf(rows, page, (issuer) => issuer.id);
}

export async function getTrustedIssuer(db: Sql, orgId: OrgId, id: TrustedIssuerId): Promise<TrustedIssuer> {
  const [issuer] = await db.query<TrustedIssuer>(`SELECT ${ISSUER} FROM identity.trusted_issuer WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL`, [orgId, id]);
  return found(issuer, 'trusted issuer');
}

/** Replaces everything. Services that were known under the old rules have to show their JWT again. */
export async function replaceTrustedIssuer(tx: Tx, orgId: OrgId, id: TrustedIssuerId, input: TrustedIssuerInput): Promise<TrustedIssuer> {
  const update = tx.query<TrustedIssuer>(
    `UPDATE identity.trusted_issuer SET name = $3, issuer = $4, audience = $5, jwks_uri = $6, token_type = $7, subject_pattern = $8, rules = $9
      WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING ${ISSUER}`,
    [orgId, id, input.name, input.issuer, input.audience, input.jwksUri, input.tokenType, input.subjectPattern, JSON.stringify(input.rules)],
  );
  const [issuer] = await explainRefusal(update, TAKEN);
  await endLeases(tx, orgId, id, 'expires_at = least(expires_at, now())');
  return found(issuer, 'trusted issuer');
}

/** Its services are refused at once and for good; the rows stay so that old reports can name them. */
export async function deleteTrustedIssuer(tx: Tx, orgId: OrgId, id: TrustedIssuerId): Promise<void> {
  const [issuer] = await tx.query('UPDATE identity.trusted_issuer SET deleted_at = now() WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING id', [orgId, id]);
  found(issuer, 'trusted issuer');
  await endLeases(tx, orgId, id, 'revoked_at = coalesce(revoked_at, now())');
}

async function endLeases(tx: Tx, orgId: OrgId, id: TrustedIssuerId, how: string): Promise<void> {
  await tx.query<{ id: TokenId }>(`UPDATE identity.token SET ${how} WHERE org_id = $1 AND issuer_id = $2`, [orgId, id]);
  await notifyChange(tx, { org: orgId, kind: 'org', id: orgId });
}

/** Takes the counts of refused JWTs away, to be written into the audit. */
export async function takeFailedJwts(tx: Tx): Promise<{ orgId: OrgId; issuerId: TrustedIssuerId; place: string; reason: string; count: number; firstAt: Date }[]> {
  const rows = await tx.query<{ orgId: OrgId; issuerId: TrustedIssuerId; place: string; reason: string; count: string; firstAt: Date }>(
    `DELETE FROM identity.failed_jwt RETURNING org_id AS "orgId", issuer_id AS "issuerId", place, reason, count, first_at AS "firstAt"`,
  );
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
