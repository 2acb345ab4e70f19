import { createUser, findLinkedUser, findUserByEmail, linkUser, lockOrg, normalEmail, type IdentityProvider, type LinkedUser, type Tx, type UserInput } from '@byok/identity';
import { AppError } from '@byok/kernel';
import { roleOfClaims } from './follow-role.js';
import type { SignInClaims } from './ask-provider.js';

export type SignInRefusal = 'disabled' | 'operator' | 'no-address' | 'unverified-address' | 'foreign-domain' | 'address-taken' | 'somebody-else' | 'unknown';

export interface SignedInUser {
  user: LinkedUser;
  /** Whether they were known by this subject, found by their address, or made. */
  how: 'known' | 'linked' | 'created';
}

/**
 * Which user of the org somebody is who signed in at its provider. By subject, once they were linked; the first time by a verified address of
 * an allowed domain; made, when the org wants that. An address is never a way into an account of another org, nor to an operator.
 * @throws AppError forbidden, with the reason in its details
 */
export async function userOfClaims(tx: Tx, provider: IdentityProvider, claims: SignInClaims): Promise<SignedInUser> {
  const { orgId, issuer } = provider;
  const subject = { issuer, subject: claims.sub };
  const address = addressOf(provider, claims);
  // Two windows that sign in for the first time at once must not make two of one.
  await lockOrg(tx, orgId);
  const linked = await findLinkedUser(tx, orgId, subject);
  if (linked && linked.status !== 'deleted') return { user: usable(linked), how: 'known' };
  const known = await findUserByEmail(tx, orgId, address);
  if (known) {
    // Before the link: what is refused leaves nothing behind.
    const user = usable(known);
    await linkUser(tx, orgId, subject, user.id).catch(refusedAs('somebody-else', 'This address belongs to somebody else here.'));
    return { user, how: 'linked' };
  }
  // Who was removed here does not come back by signing in.
  if (!provider.createUsers || linked) throw signInRefused('unknown', 'There is no account for you here. Ask an admin of your organisation to add you.');
  const made = await createUser(tx, orgId, newUser(provider, claims, address)).catch(refusedAs('address-taken', 'There is no account for you here. Ask an admin of your organisation to add you.'));
  await linkUser(tx, orgId, subject, made.id);
  return { user: made, how: 'created' };
}

export function signInRefused(reason: SignInRefusal, message: string): AppError {
  return new AppError('forbidden', message, { details: { reason } });
}

/** The address as we spell it, when the provider vouches for it and the org lets its domain in. */
function addressOf({ allowedDomains }: IdentityProvider, claims: SignInClaims): string {
  const { email } = claims;
  if (typeof email !== 'string') throw signInRefused('no-address', 'The identity provider does not tell your e-mail address. An admin has to add the claim "email".');
  if (!isVerified(claims)) throw signInRefused('unverified-address', 'Your e-mail address is not verified at your identity provider.');
  const address = normal(email);
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if (!allowedDomains.includes(domain)) throw signInRefused('foreign-domain', 'Addresses of your domain may not sign in here.');
  return address;
}

/** Entra ID says so by a claim of its own, which has to be turned on there. */
function isVerified(claims: SignInClaims): boolean {
  return [true, 'true'].includes(claims['email_verified'] as never) || [true, 'true', 1, '1'].includes(claims['xms_edov'] as never);
}

function normal(email: string): string {
  try {
    return normalEmail(email);
  } catch {
    throw signInRefused('no-address', 'The identity provider tells an e-mail address that is none.');
  }
}

function usable<T extends Pick<LinkedUser, 'status' | 'isOperator'>>(user: T): T {
  if (user.status !== 'active') throw signInRefused('disabled', 'Your account is disabled. Ask an admin of your organisation.');
  // An owner of the operator's org could otherwise become the operator by pointing it to a provider of their own.
  if (user.isOperator) throw signInRefused('operator', 'Operators of the platform sign in with their password.');
  return user;
}

function newUser(provider: IdentityProvider, claims: SignInClaims, email: string): UserInput {
  const name = typeof claims['name'] === 'string' ? claims['name'].replaceAll(/\p{Cc}/gu, ' ').trim().slice(0, 120) : '';
  return { email, name: name || email, role: roleOfClaims(provider, claims) ?? 'member', passwordHash: null };
}

/** What a unique index says, as a refusal; everything else as it is. */
function refusedAs(reason: SignInRefusal, message: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof AppError && error.code === 'conflict' ? signInRefused(reason, message) : error;
  };
}
