import type { ProbeResultMessage } from '@byok/contracts';
import { AppError, type Secret, toAppError } from '@byok/kernel';
import { probeRequest, type ProbeRequest, type ProbeVerdict, type Provider } from '@byok/providers';
import { askOnce } from './ask-once.js';
import { authoriserOf, type AuthoriseDeps, type Credential } from './authorise.js';
import { redact } from './redact.js';

export type ProbeDeps = AuthoriseDeps;

/** Probes have connections of their own: a test button must not compete with calls. */
const BULKHEAD = 'probe';

/** Tries a key with the one request of its provider that costs nothing, and says what came of it. Never throws for a bad key. */
export async function probeLive(provider: Provider, secret: Secret, config: Readonly<Record<string, string>>, deps: ProbeDeps): Promise<ProbeResultMessage> {
  const startedAt = deps.clock.now();
  const verdict = await judge(provider, secret, config, deps);
  return {
    outcome: verdict.outcome,
    message: redact(verdict.message, secret),
    latencyMs: deps.clock.now() - startedAt,
    modelSeen: '',
    balanceUsd: verdict.balanceUsd ?? '',
  };
}

async function judge(provider: Provider, secret: Secret, config: Readonly<Record<string, string>>, deps: ProbeDeps): Promise<ProbeVerdict> {
  // The plaintext leaves here towards its own provider: probe requests are made where upstream requests are.
  const request = probeRequest(provider, secret.expose(), config, deps.baseUrls[provider.id]);
  if (!request || !provider.probe) return { outcome: 'unverified', message: `${provider.name} has no free request that would tell whether a key works.` };
  try {
    const answer = await ask(new URL(request.url), request, { provider, secret, config }, deps);
    if (answer.kind === 'stream') return { outcome: 'unverified', message: 'The provider answered in an unexpected form.' };
    return provider.probe.classify(answer.status, answer.body.toString('utf8', 0, 64 * 1024), config);
  } catch (error) {
    const known = toAppError(error);
    if (known.code === 'endpoint_not_allowed' || known.rule.blame === 'client') throw known;
    // A key that proves itself before it is asked for anything may be refused there already.
    return { outcome: known.code === 'key_rejected' ? 'invalid' : known.code === 'rate_limited' ? 'rate-limited' : 'unreachable', message: known.message };
  }
}

async function ask(url: URL, request: ProbeRequest, credential: Credential, deps: ProbeDeps) {
  const { method, body } = request;
  const signed = (await authoriserOf(credential)?.({ method, url, body }, deps)) ?? [];
  const asked = { method, url, body, headers: [...request.headers, ...signed], providerId: credential.provider.id, bulkhead: BULKHEAD };
  return askOnce(asked, () => new AppError('upstream_timeout', 'The provider did not answer in time.'), deps);
}
