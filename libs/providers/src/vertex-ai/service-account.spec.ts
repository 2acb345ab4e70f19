import { AppError } from '@byok/kernel';
import { generateKeyPairSync } from 'node:crypto';
import { checkSecret, endpointUrl, redactKey } from '../index.js';
import { vertexAi } from './index.js';
import { TOKEN_URI, serviceAccountIn } from './read-service-account.js';

const PRIVATE_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const FILE = { type: 'service_account', project_id: 'acme-project-1', private_key_id: '0123456789abcdef', private_key: PRIVATE_KEY, client_email: 'gateway@acme-project-1.iam.gserviceaccount.com', client_id: '1', auth_uri: 'https://accounts.google.com/o/oauth2/auth', token_uri: TOKEN_URI, universe_domain: 'googleapis.com' };

function failure(secret: string, config: Record<string, string> = {}): AppError {
  try {
    checkSecret(vertexAi, secret, config);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('a service account as a key', () => {
  it('is taken as the file that was downloaded, over many lines, and sealed as one line without spaces', () => {
    const { secret, config, looksRight } = checkSecret(vertexAi, `\n${JSON.stringify(FILE, null, 2)}\r\n`, {});
    expect(secret).toMatch(/^[\x21-\x7e]+$/);
    expect(serviceAccountIn(secret)).toEqual({ clientEmail: FILE.client_email, privateKey: PRIVATE_KEY, privateKeyId: FILE.private_key_id });
    expect({ config, looksRight }).toEqual({ config: { project: 'acme-project-1', location: 'global' }, looksRight: true });
    expect(checkSecret(vertexAi, secret, { project: 'other-project' }).secret).toBe(secret);
  });

  it('belongs to the project that is named beside it, else to its own', () => {
    expect(checkSecret(vertexAi, JSON.stringify(FILE), { project: 'other-project', location: 'us-central1' }).config).toEqual({ project: 'other-project', location: 'us-central1' });
    expect(failure(JSON.stringify({ ...FILE, project_id: undefined }))).toMatchObject({ code: 'key_config_invalid', details: { field: 'project' } });
  });

  it.each(['https://evil.example/token', 'http://oauth2.googleapis.com/token', 'https://oauth2.googleapis.com/token?x', 'https://169.254.169.254/', ''])('never lets a key choose where its proof is sent: %s', (token_uri) => {
    expect(failure(JSON.stringify({ ...FILE, token_uri })).code).toBe('key_malformed');
  });

  it.each([
    ['another kind of credential', { ...FILE, type: 'authorized_user' }],
    ['no private key', { ...FILE, private_key: undefined }],
    ['a cut private key', { ...FILE, private_key: PRIVATE_KEY.slice(0, -30) }],
    ['a public key', { ...FILE, private_key: PRIVATE_KEY.replaceAll('PRIVATE', 'PUBLIC') }],
    ['no address', { ...FILE, client_email: 'nobody' }],
    ['members that are no text', { ...FILE, client_email: { a: 1 } }],
  ])('is refused with %s, and nothing of it is repeated', (_, file) => {
    const error = failure(JSON.stringify(file));
    expect(error.code).toBe('key_malformed');
    expect(`${error.message}${JSON.stringify(error.details)}`).not.toContain(PRIVATE_KEY.slice(40, 56));
  });

  it('is refused when it is no JSON at all', () => {
    expect(failure(`AIza${'Sy1x'.repeat(9)}`).code).toBe('key_wrong_provider');
    for (const secret of ['{', '[]', 'null', '', PRIVATE_KEY]) expect(failure(secret).code).toBe('key_malformed');
  });

  it('leaves nothing of its private key in what is shown', () => {
    const { secret } = checkSecret(vertexAi, JSON.stringify(FILE), {});
    const body = PRIVATE_KEY.split('\n')[3]!;
    expect(redactKey(`Bad key ${body}, for ${FILE.client_email} at ${TOKEN_URI}`, secret)).toBe(`Bad key [redacted], for ${FILE.client_email} at ${TOKEN_URI}`);
  });
});

describe('the addresses of Vertex AI', () => {
  const at = (location: string, project = 'acme-project-1') => endpointUrl(vertexAi, 'generate', { location, project }, undefined, { model: 'gemini-2.5-flash', stream: true });

  it.each([
    ['global', 'aiplatform.googleapis.com'],
    ['eu', 'aiplatform.eu.rep.googleapis.com'],
    ['us-central1', 'us-central1-aiplatform.googleapis.com'],
  ])('calls the host of %s', (location, host) => {
    expect(at(location)).toBe(`https://${host}/v1beta1/projects/acme-project-1/locations/${location}/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse`);
  });

  it('lets no location or project move the host or the path', () => {
    for (const attack of ['evil.com/', 'x@evil', '..', 'us-central1.evil.com', 'nowhere-land1', 'a b', '%2e', 'evil.com#']) {
      expect(() => at(attack)).toThrow(AppError);
      expect(() => at('global', `${attack}/`)).toThrow(AppError);
    }
  });
});
