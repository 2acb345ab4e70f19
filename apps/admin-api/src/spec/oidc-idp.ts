import { createServer, type Server } from 'node:http';
import { newId } from '@byok/kernel';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

export interface Person {
  sub: string;
  [claim: string]: unknown;
}

/** A real OpenID provider on loopback, with the settings of a strict one: PKCE, one redirect address, a client with a secret. */
export interface OidcIdp {
  url: string;
  port: number;
  clientId: string;
  clientSecret: string;
  /** What it says about whom; a sign-in is as one of them. */
  people: Map<string, Person>;
  /** Paths that were asked, in their order. */
  asked: string[];
  close(): Promise<void>;
}

const CLAIMS = ['email', 'email_verified', 'name', 'groups', 'roles', 'xms_edov', '_claim_names'];

export async function startOidcIdp(redirectUri: string): Promise<OidcIdp> {
  const people = new Map<string, Person>();
  const asked: string[] = [];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}`;
  const [clientId, clientSecret] = ['byok', newId('request')];
  const provider = new Provider(url, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri], grant_types: ['authorization_code'], response_types: ['code'] }],
    // Some providers put everything into the ID token, some leave it to the userinfo endpoint: this one follows the standard.
    claims: { openid: ['sub'], email: ['email', 'email_verified', 'xms_edov'], profile: ['name', 'groups', 'roles', '_claim_names'] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_context: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => ({ ...Object.fromEntries(CLAIMS.map((claim) => [claim, people.get(sub)?.[claim]])), sub }) }),
    jwks: { keys: [{ ...(await exportJWK((await generateKeyPair('RS256', { extractable: true })).privateKey)), alg: 'RS256', use: 'sig' }] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    cookies: { keys: ['spec'] },
  });
  serve(server, provider, asked);
  return { url, port, clientId, clientSecret, people, asked, close: () => closed(server) };
}

/** Signs in whom the browser asks for by a header, without a form in between, and agrees to everything. */
function serve(server: Server, provider: Provider, asked: string[]): void {
  const handle = provider.callback();
  server.on('request', (request, response) => {
    asked.push(request.url!.split('?')[0]!);
    if (!request.url!.startsWith('/interaction/')) return void handle(request, response);
    void (async () => {
      const { prompt, params, session, grantId } = (await provider.interactionDetails(request, response)) as { prompt: { name: string }; params: { client_id: string }; session?: { accountId: string }; grantId?: string };
      if (prompt.name === 'login') return provider.interactionFinished(request, response, { login: { accountId: String(request.headers['x-person']) } });
      const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: session!.accountId, clientId: params.client_id });
      grant!.addOIDCScope('openid email profile');
      return provider.interactionFinished(request, response, { consent: { grantId: await grant!.save() } }, { mergeWithLastSubmission: true });
    })();
  });
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** A browser that remembers cookies and follows redirects within the provider; answers where it is sent back to. */
export async function walkThrough(location: string, person: string): Promise<URL> {
  const cookies = new Map<string, string>();
  for (let hop = 0, url = location; hop < 12; hop += 1) {
    const answer = await fetch(url, { redirect: 'manual', headers: { 'x-person': person, cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } });
    for (const cookie of answer.headers.getSetCookie()) {
      const [name, value] = cookie.split(';')[0]!.split('=') as [string, string];
      cookies.set(name, value);
    }
    const next = answer.headers.get('location');
    if (next === null) throw new Error(`The provider answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    const to = new URL(next, url);
    if (to.pathname === '/api/auth/oidc/callback') return to;
    url = to.href;
  }
  throw new Error('The provider did not send the browser back.');
}
