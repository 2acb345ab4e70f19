import type { FakeUpstream } from '@byok/testing';
import type { LLMock } from '@copilotkit/aimock';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';

/**
 * What aimock does not know of Vertex: the version in the path under which previews live (it has `v1` alone), and the token endpoint,
 * which is our own fake's, because that one checks what the service account signed.
 */
export function doorman(providers: LLMock, tokens: FakeUpstream): void {
  providers.mount('/v1beta1', { handleRequest: (incoming, response, path) => pass(incoming, response, `${providers.url}/v1${path}`) });
  providers.mount('/token', { handleRequest: (incoming, response) => pass(incoming, response, `${tokens.url}/token`) });
}

function pass(incoming: IncomingMessage, response: ServerResponse, url: string): Promise<boolean> {
  const query = incoming.url!.split('?')[1];
  return new Promise((resolve, reject) => {
    const outgoing = request(query === undefined ? url : `${url}?${query}`, { method: 'POST', headers: { ...incoming.headers, host: new URL(url).host } }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response).once('finish', () => resolve(true));
    });
    outgoing.once('error', reject);
    incoming.pipe(outgoing);
  });
}
