import { z } from 'zod';
import { AnyId, Line, Timestamp } from './wire.js';

/** An issuer is compared letter by letter, so nothing may stand in it that has two spellings. */
const IssuerUrl = z
  .url({ protocol: /^https?$/ })
  .max(1_000)
  .refine((text) => URL.canParse(text) && !/[?#@\s\\]/.test(text), 'must be an address without query, fragment and user');

const ClaimName = Line(200).min(1);
const Scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/);
/** A name with a dot, as it stands behind the @ of an address. */
const Domain = z.string().max(253).regex(/^[^\s@.\p{C}]+(?:\.[^\s@.\p{C}]+)+$/u, 'must be a domain, such as example.com');

const GroupMapping = z.strictObject({ value: Line(500).min(1), group: AnyId });
/** Nobody becomes an owner by a claim. */
const RoleMapping = z.strictObject({ value: Line(500).min(1), role: z.enum(['admin', 'billing', 'auditor', 'member']) });

const settings = {
  issuer: IssuerUrl,
  clientId: Line(500).min(1),
  scopes: z.array(Scope).min(1).max(20).refine((scopes) => scopes.includes('openid'), 'must name openid').default(['openid', 'email', 'profile']),
  groupClaim: ClaimName.default('groups').describe('where the groups stand; a dot looks inside'),
  groups: z.array(GroupMapping).max(500).default([]).describe('what is named here follows the claim at every sign-in, both ways; other groups are left alone'),
  roleClaim: ClaimName.default('roles'),
  roles: z.array(RoleMapping).max(50).default([]).describe('the first that fits counts, no one: member; empty: roles are set here. Owners stay owners'),
  allowedDomains: z.array(Domain).min(1).max(100).describe('behind the @ of who may sign in'),
  createUsers: z.boolean().default(false).describe('whether somebody unknown with a verified address of these domains becomes a member at their first sign-in'),
  enforced: z.boolean().default(false).describe('passwords are then taken of owners and operators alone'),
};

export const PutIdentityProvider = z
  .strictObject({ ...settings, clientSecret: z.string().min(1).max(4_000).nullable().optional().describe('left out: the one that is kept; null: none any more') })
  .meta({ id: 'PutIdentityProvider' });
export type PutIdentityProvider = z.infer<typeof PutIdentityProvider>;

export const IdentityProvider = z
  .object({ ...settings, hasClientSecret: z.boolean(), startPath: z.string().describe('where a browser begins to sign in'), callbackPath: z.string().describe('to be registered at the provider, after the address of this API'), updatedAt: Timestamp })
  .meta({ id: 'IdentityProvider' });
export type IdentityProvider = z.infer<typeof IdentityProvider>;

export const SignInPath = z.object({ org: AnyId });
export type SignInPath = z.infer<typeof SignInPath>;
export const StartSignIn = z.object({ returnTo: z.string().max(500).optional().describe('a path of this site to come back to') });
export type StartSignIn = z.infer<typeof StartSignIn>;
const IssuerRule = z.strictObject({
  when: z.strictObject({ claim: ClaimName, value: Line(500).min(1) }).optional().describe('left out: fits every JWT'),
  group: AnyId.optional().describe('the group that the service works for; left out: the organisation'),
  allowedModels: z.array(Line(256).min(1)).max(200).optional(),
  managementScopes: z.array(z.string().max(64)).max(64).optional(),
});

/** Everything of it, also to change it. */
export const PutTrustedIssuer = z
  .strictObject({
    name: Line(120).min(1),
    issuer: IssuerUrl.describe('the claim iss, letter by letter'),
    audience: Line(500).min(1).optional().describe('the claim aud; left out: byok: and the id of the organisation'),
    jwksUri: z.url({ protocol: /^https?$/ }).max(1_000).nullable().default(null).describe('null: where the issuer’s own description says'),
    tokenType: z.enum(['at+jwt', 'JWT']).default('at+jwt').describe('the header typ: at+jwt says that it is an access token (RFC 9068); JWT where an issuer does not say so'),
    subjectPattern: Line(500).min(1).default('*').describe('which subjects are meant; * stands for anything'),
    rules: z.array(IssuerRule).min(1).max(50).describe('the first that fits says what the service may; none: it may nothing'),
  })
  .meta({ id: 'PutTrustedIssuer' });
export type PutTrustedIssuer = z.infer<typeof PutTrustedIssuer>;

export const TrustedIssuer = z
  .object({ ...PutTrustedIssuer.shape, id: z.string(), orgId: z.string(), audience: z.string(), jwksUri: z.string().nullable(), createdBy: z.string().nullable(), createdAt: Timestamp })
  .meta({ id: 'TrustedIssuer' });
export type TrustedIssuer = z.infer<typeof TrustedIssuer>;

export const TrustedIssuerPath = z.object({ org: AnyId, issuer: AnyId });
export type TrustedIssuerPath = z.infer<typeof TrustedIssuerPath>;
