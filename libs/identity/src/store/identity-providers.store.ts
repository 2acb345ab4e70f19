import type { GroupId, OrgId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import type { Role, Tx } from '../types.js';
import { found } from './refusals.js';

/** How what a provider says about somebody becomes a user here. */
export interface SignInSettings {
  scopes: string[];
  groupClaim: string;
  groups: { value: string; group: GroupId }[];
  roleClaim: string;
  roles: { value: string; role: Exclude<Role, 'owner'> }[];
  allowedDomains: string[];
  createUsers: boolean;
}

export interface IdentityProviderInput extends SignInSettings {
  issuer: string;
  clientId: string;
  enforced: boolean;
  hasClientSecret: boolean;
}

export interface IdentityProvider extends IdentityProviderInput {
  orgId: OrgId;
  updatedAt: Date;
}

type Row = Omit<IdentityProvider, keyof SignInSettings> & { settings: SignInSettings };

const COLUMNS = `org_id AS "orgId", issuer, client_id AS "clientId", has_client_secret AS "hasClientSecret", is_enforced AS enforced, settings, updated_at AS "updatedAt"`;

/** Where the org signs in; undefined when it does so by passwords alone. */
export async function findIdentityProvider(db: Sql, orgId: OrgId): Promise<IdentityProvider | undefined> {
  const [row] = await db.query<Row>(`SELECT ${COLUMNS} FROM identity.identity_provider WHERE org_id = $1`, [orgId]);
  return row && providerOf(row);
}

export async function getIdentityProvider(db: Sql, orgId: OrgId): Promise<IdentityProvider> {
  return found(await findIdentityProvider(db, orgId), 'identity provider');
}

export async function putIdentityProvider(tx: Tx, orgId: OrgId, input: IdentityProviderInput): Promise<IdentityProvider> {
  const { issuer, clientId, enforced, hasClientSecret, ...settings } = input;
  const [row] = await tx.query<Row>(
    `INSERT INTO identity.identity_provider (org_id, issuer, client_id, has_client_secret, is_enforced, settings) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (org_id) DO UPDATE SET issuer = EXCLUDED.issuer, client_id = EXCLUDED.client_id, has_client_secret = EXCLUDED.has_client_secret, is_enforced = EXCLUDED.is_enforced,
       settings = EXCLUDED.settings, updated_at = EXCLUDED.updated_at RETURNING ${COLUMNS}`,
    [orgId, issuer, clientId, hasClientSecret, enforced, JSON.stringify(settings)],
  );
  return providerOf(row!);
}

/** Who was somebody at that provider is forgotten with it: the next one may know others by the same subject. */
export async function deleteIdentityProvider(tx: Tx, orgId: OrgId): Promise<void> {
  const [row] = await tx.query('DELETE FROM identity.identity_provider WHERE org_id = $1 RETURNING org_id', [orgId]);
  found(row, 'identity provider');
  await tx.query('DELETE FROM identity.federated_identity WHERE org_id = $1', [orgId]);
}

/** Whether passwords of the org's people are refused, but for its owners' and the operators'. */
export async function isPasswordRefused(db: Sql, orgId: OrgId, userId: string): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM identity.identity_provider p JOIN identity.app_user u ON u.org_id = p.org_id WHERE p.org_id = $1 AND u.id = $2 AND p.is_enforced AND u.role <> 'owner' AND NOT u.is_operator`,
    [orgId, userId],
  );
  return rows.length > 0;
}

function providerOf({ settings, ...row }: Row): IdentityProvider {
  return { ...row, ...settings };
}
