// eslint-disable-next-line @typescript-eslint/no-explicit-any -- stories read answers as a foreign program would: untyped
export type Json = Record<string, any>;

export interface Answer<T = Json> {
  status: number;
  body: T;
  text: string;
  headers: Headers;
}

/** Talks to the admin API as one person or service. `call` gives the answer whatever it is; get, post … throw on an error. */
export class AdminClient {
  constructor(
    readonly baseUrl: string,
    readonly credential: string | undefined,
    private readonly onAnswer: (text: string) => void = () => undefined,
  ) {}

  get<T = Json>(path: string): Promise<T> {
    return this.#expectOk('GET', path);
  }

  post<T = Json>(path: string, body?: unknown): Promise<T> {
    return this.#expectOk('POST', path, body);
  }

  put<T = Json>(path: string, body?: unknown): Promise<T> {
    return this.#expectOk('PUT', path, body);
  }

  patch<T = Json>(path: string, body?: unknown): Promise<T> {
    return this.#expectOk('PATCH', path, body);
  }

  delete<T = Json>(path: string): Promise<T> {
    return this.#expectOk('DELETE', path);
  }

  async call<T = Json>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const headers: Record<string, string> = {};
    if (this.credential !== undefined) headers['authorization'] = `Bearer ${this.credential}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const response = await fetch(`${this.baseUrl}${path}`, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    this.onAnswer(text);
    return { status: response.status, body: parse(text) as T, text, headers: response.headers };
  }

  async #expectOk<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text.slice(0, 500)}`);
    return answer.body;
  }
}

/** A client with a fresh session of this person. */
export async function logIn(baseUrl: string, email: string, password: string, onAnswer?: (text: string) => void): Promise<AdminClient> {
  const { accessToken } = await new AdminClient(baseUrl, undefined, onAnswer).post('/api/auth/login', { email, password });
  return new AdminClient(baseUrl, accessToken as string, onAnswer);
}

function parse(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return { notJson: text };
  }
}
