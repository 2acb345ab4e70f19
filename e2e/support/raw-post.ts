import { request, type IncomingHttpHeaders } from 'node:http';

export interface RawAnswer {
  status: number;
  text: string;
  headers: IncomingHttpHeaders;
}

/** A POST that keeps what was answered even when the server stops reading our body or ends the answer early: fetch would throw it away. */
export function rawPost(url: string, headers: Record<string, string>, body: Buffer | string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let answer: RawAnswer | undefined;
    const outgoing = request(url, { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers } }, (incoming) => {
      let text = '';
      const done = () => resolve((answer = { status: incoming.statusCode ?? 0, text, headers: incoming.headers }));
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.once('end', done).once('error', done);
    });
    outgoing.once('error', (error) => (answer ? undefined : reject(error)));
    outgoing.end(body);
  });
}
