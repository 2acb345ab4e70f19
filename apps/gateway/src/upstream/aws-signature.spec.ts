import { Secret } from '@byok/kernel';
import { findProvider } from '@byok/providers';
import type { AuthoriseDeps, UnsignedRequest } from './authorise.js';
import { authoriserOf } from './authorise.js';
import { readAuthorization, signatureOf, signingKey } from './aws-signature.builder.js';

/** The example key of AWS's own documentation. */
const ACCESS_KEY_ID = 'AKIDEXAMPLE000000000';
const SECRET_ACCESS_KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const NOW = Date.UTC(2015, 7, 30, 12, 36, 0);
const MODEL_PATH = '/model/us.anthropic.claude-sonnet-5-v1%3A0/converse';

async function authorised(secret: string, request: UnsignedRequest, config: Record<string, string> = { region: 'eu-central-1' }): Promise<Record<string, string>> {
  const authorise = authoriserOf({ provider: findProvider('aws-bedrock')!, secret: new Secret(secret), config })!;
  const flat = await authorise(request, { clock: { now: () => NOW } } as AuthoriseDeps);
  return Object.fromEntries(Array.from({ length: flat.length / 2 }, (_, index) => [flat[index * 2]!, flat[index * 2 + 1]!]));
}

function recomputed(headers: Record<string, string>, { method, url, body }: UnsignedRequest): string {
  return signatureOf({ method, path: url.pathname, query: '', headers: { ...headers, host: url.host }, body: body ?? '' }, SECRET_ACCESS_KEY);
}

const longTerm = JSON.stringify({ access_key_id: ACCESS_KEY_ID, secret_access_key: SECRET_ACCESS_KEY });
const converse: UnsignedRequest = { method: 'POST', url: new URL(`https://bedrock-runtime.eu-central-1.amazonaws.com${MODEL_PATH}`), body: Buffer.from('{"messages":[{"role":"user","content":[{"text":"Größe"}]}]}') };

describe('the signature of a request to AWS', () => {
  it('derives the signing key of the example in the documentation', () => {
    expect(signingKey(SECRET_ACCESS_KEY, '20150830', 'us-east-1', 'iam').toString('hex')).toBe('c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9');
  });

  it('agrees with the independent calculation, the path signed in the encoded form in which it is sent', async () => {
    const headers = await authorised(longTerm, converse);
    const { id, scope, signedHeaders, signature } = readAuthorization(headers['authorization']!);
    expect(id).toBe(ACCESS_KEY_ID);
    expect(scope).toBe('20150830/eu-central-1/bedrock/aws4_request');
    expect(signedHeaders).toEqual(['host', 'x-amz-content-sha256', 'x-amz-date']);
    expect(headers['x-amz-date']).toBe('20150830T123600Z');
    expect(headers).not.toHaveProperty('x-amz-security-token');
    expect(signature).toBe(recomputed(headers, converse));
  });

  it('signs a path with a whole ARN in it', async () => {
    const path = `/model/${encodeURIComponent('arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-5')}/converse-stream`;
    const named = { ...converse, url: new URL(path, converse.url) };
    const headers = await authorised(longTerm, named);
    const { signature } = readAuthorization(headers['authorization']!);
    expect(signature).toBe(recomputed(headers, named));
  });

  it('sends and signs the session token of a temporary key', async () => {
    const temporary = JSON.stringify({ access_key_id: 'ASIAEXAMPLE000000000', secret_access_key: SECRET_ACCESS_KEY, session_token: 'FwoGZXIvYXdzEXAMPLE//+token==' });
    const headers = await authorised(temporary, converse);
    const { signedHeaders, signature } = readAuthorization(headers['authorization']!);
    expect(headers['x-amz-security-token']).toBe('FwoGZXIvYXdzEXAMPLE//+token==');
    expect(signedHeaders).toContain('x-amz-security-token');
    expect(signature).toBe(recomputed(headers, converse));
  });

  it('signs the probe, which has no body', async () => {
    const probe: UnsignedRequest = { method: 'GET', url: new URL('https://bedrock.eu-central-1.amazonaws.com/foundation-models'), body: null };
    const headers = await authorised(longTerm, probe);
    const { signature } = readAuthorization(headers['authorization']!);
    expect(signature).toBe(recomputed(headers, probe));
  });

  it('gives another signature for another body, region or secret', async () => {
    const signatures = await Promise.all([
      authorised(longTerm, converse),
      authorised(longTerm, { ...converse, body: '{}' }),
      authorised(longTerm, converse, { region: 'us-west-2' }),
      authorised(longTerm.replace('wJalr', 'xJalr'), converse),
    ]);
    expect(new Set(signatures.map((headers) => readAuthorization(headers['authorization']!).signature)).size).toBe(4);
  });

  it('takes the region that the provider starts from when the key has none', async () => {
    expect(readAuthorization((await authorised(longTerm, converse, {}))['authorization']!).scope).toBe('20150830/us-east-1/bedrock/aws4_request');
  });

  it('sends a Bedrock API key as a bearer token and signs nothing', async () => {
    expect(await authorised('ABSKabc', converse)).toEqual({ authorization: 'Bearer ABSKabc' });
  });

  it('says that a key lacks a part without showing the others', async () => {
    const error = await authorised(JSON.stringify({ access_key_id: ACCESS_KEY_ID }), converse).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'key_unavailable' });
    expect(String((error as Error).stack)).not.toContain(ACCESS_KEY_ID);
  });
});
