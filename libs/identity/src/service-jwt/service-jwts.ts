import { AppError } from '@byok/kernel';
import type { Clock, TokenId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { principalOfToken } from '../principal-of.js';
import { principalOrThrow } from '../principal-row.js';
import { Tally } from '../refusals/tally.js';
import { findIssuersOfJwt } from '../store/trusted-issuers.store.js';
import type { IssuerRule, TrustedIssuer, TrustedIssuerId } from '../store/trusted-issuers.store.js';
import type { Principal } from '../types.js';
import { claimValues } from './claim-values.js';
import { fitsPattern } from './fits-pattern.js';
import { KeySets } from './key-sets.js';
import type { FetchJson } from './key-sets.js';
import { jwtRefused, readJwt } from './read-jwt.js';
import type { ReadJwt } from './read-jwt.js';

export interface ServiceJwtsDeps {
  db: Sql;
  clock: Clock;
  fetchJson: FetchJson;
  /** Who is asked, for the audit. */
  place: 'gateway' | 'admin-api';
}

type Issuer = Pick<TrustedIssuer, 'id' | 'issuer' | 'audience' | 'jwksUri' | 'tokenType' | 'subjectPattern' | 'rules'>;

/** Asymmetric ones alone: a public key must never be taken for a shared secret. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const CLOCK_TOLERANCE_S = 60;
/** A claim may name a year that no date reaches. */
const LAST_MOMENT_MS = 8e15;
/** An ID token tells a client who signed in. It says so by one of these, and is no credential here. */
const MARKS_OF_ID_TOKENS = ['nonce', 'at_hash', 'c_hash', 's_hash'];

/**
 * Services that come with a JWT of an issuer which their org trusts. A good one is exchanged for a short lease, which is a token's row
 * without a text: the key-vault is told its id as it is told any token's, and finds out by itself who that is.
 */
export class ServiceJwts {
  readonly tally: Tally<{ issuerId: TrustedIssuerId; reason: string }>;
  readonly #deps: ServiceJwtsDeps;
  readonly #keySets: KeySets;

  constructor(deps: ServiceJwtsDeps) {
    this.#deps = deps;
    this.#keySets = new KeySets(deps);
    this.tally = new Tally(({ issuerId, reason }, count) => deps.db.query('SELECT identity.note_failed_jwt($1, $2, $3, $4)', [issuerId, deps.place, reason, count]));
  }

  /**
   * The service that presents this JWT.
   * @throws AppError unauthenticated, the same for every reason; service_unavailable without the issuer's keys; what a token's row may be refused for
   */
  async authenticate(jwt: string): Promise<Principal> {
    const read = readJwt(jwt);
    if (!read) throw jwtRefused();
    const issuer = await this.#issuerOf(read);
    const payload = await this.#verified(jwt, read, issuer);
    const rule = ruleFor(issuer, payload);
    if (rule < 0) return this.#refuse(issuer, 'no-rule');
    const endsAt = Math.min((payload.exp! + CLOCK_TOLERANCE_S) * 1_000, LAST_MOMENT_MS);
    const [leased] = await this.#deps.db.query<{ id: TokenId | null }>('SELECT identity.lease_service($1, $2, $3, $4) AS id', [issuer.id, rule, payload.sub, new Date(endsAt)]);
    if (!leased?.id) return this.#refuse(issuer, 'no-lease');
    const principal = principalOrThrow(await principalOfToken(this.#deps.db, leased.id, this.#deps.clock));
    // The lease is the service's, the end is this JWT's: whoever remembers the principal refuses it from then on.
    return { ...principal, restrictions: { providers: [], groups: [], networks: [], ...principal.restrictions, expiresAt: new Date(endsAt) } };
  }

  /** The one issuer that was registered with both; who has registered one of the two hears that somebody tried. */
  async #issuerOf({ issuer, audiences }: ReadJwt): Promise<Issuer> {
    const candidates = await findIssuersOfJwt(this.#deps.db, issuer, audiences);
    const exact = candidates.filter((each) => each.issuer === issuer && audiences.includes(each.audience));
    if (exact.length === 1) return exact[0]!;
    for (const each of candidates) this.tally.note({ issuerId: each.id, reason: exact.length > 1 ? 'two-audiences' : each.issuer === issuer ? 'wrong-audience' : 'wrong-issuer' });
    throw jwtRefused();
  }

  async #verified(jwt: string, { header }: ReadJwt, issuer: Issuer): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(jwt, this.#keySets.keysOf(issuer), {
        algorithms: ALGORITHMS,
        issuer: issuer.issuer,
        audience: issuer.audience,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(this.#deps.clock.now()),
        ...(issuer.tokenType === 'at+jwt' ? { typ: 'at+jwt' } : {}),
      });
      const fault = faultOf(payload, header, issuer);
      return fault ? this.#refuse(issuer, fault) : payload;
    } catch (error) {
      if (error instanceof AppError) throw error;
      return this.#refuse(issuer, reasonOf(error));
    }
  }

  #refuse(issuer: Issuer, reason: string): never {
    this.tally.note({ issuerId: issuer.id, reason });
    throw jwtRefused();
  }
}

/** What a signature does not say: that this is an access token, and of a subject that was meant. */
function faultOf(payload: JWTPayload, header: ReadJwt['header'], { tokenType, subjectPattern }: Issuer): string | undefined {
  if (tokenType === 'JWT') {
    if (header.typ !== undefined && !/^(?:application\/)?(?:at\+)?jwt$/i.test(String(header.typ))) return 'wrong-type';
    // Keycloak puts into the claims what others put into the header.
    if (payload['typ'] !== undefined && payload['typ'] !== 'Bearer') return 'wrong-type';
  }
  if (MARKS_OF_ID_TOKENS.some((mark) => Object.hasOwn(payload, mark))) return 'id-token';
  const { sub } = payload;
  if (typeof sub !== 'string' || sub.length > 500 || /\p{C}/u.test(sub) || !fitsPattern(subjectPattern, sub)) return 'wrong-subject';
  return undefined;
}

/** The first rule that fits, in their order; -1 for none. */
function ruleFor({ rules }: Issuer, payload: JWTPayload): number {
  return rules.findIndex(({ when }: IssuerRule) => !when || claimValues(payload, when.claim)?.includes(when.value));
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'typ' ? 'wrong-type' : error.claim === 'nbf' ? 'not-yet-valid' : 'wrong-claim';
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'wrong-algorithm';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return 'unknown-key';
  return error instanceof errors.JWSSignatureVerificationFailed ? 'wrong-signature' : 'malformed';
}
