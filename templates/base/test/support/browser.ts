/** A browser as far as sessions go: HTTPS, a cookie jar that enforces prefixes, and the headers a page's fetch sends. */
import { once } from 'node:events';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { connect } from 'node:tls';
import { CookieJar } from 'tough-cookie';
import { expect, onTestFinished } from 'vitest';
import { COOKIE_NAME } from '../../src/security-policy.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Each Set-Cookie header, as received. */
  cookies: string[];
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
  /** Of the error, where it is one. */
  code: string | undefined;
}

export interface SendOptions {
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown;
  /** Override those that a page's fetch sends. */
  headers?: OutgoingHttpHeaders;
}

export class Browser {
  readonly origin: string;
  /** The client's address, as a proxy in front of the app would report it. */
  address: string;
  jar = new CookieJar(undefined, { prefixSecurity: 'strict' });
  readonly #ca: string | undefined;
  readonly #connection: RequestOptions;

  /** @param ca the authority that signed the server's certificate; without it, those that the system trusts */
  constructor(origin: string, ca?: string, address = randomAddress(), connection: RequestOptions = {}) {
    this.origin = origin;
    this.address = address;
    this.#ca = ca;
    this.#connection = connection;
  }

  get(path: string, options?: SendOptions): Promise<Answer> {
    return this.send('GET', path, options);
  }

  post(path: string, body?: unknown, options?: SendOptions): Promise<Answer> {
    return this.send('POST', path, { body, ...options });
  }

  put(path: string, body?: unknown, options?: SendOptions): Promise<Answer> {
    return this.send('PUT', path, { body, ...options });
  }

  delete(path: string, options?: SendOptions): Promise<Answer> {
    return this.send('DELETE', path, options);
  }

  /** Sends the jar's cookies, and keeps the cookies of the answer that a browser would keep. */
  async send(method: string, path: string, { body, headers = {} }: SendOptions = {}): Promise<Answer> {
    const url = new URL(path, this.origin);
    const cookie = await this.jar.getCookieString(url.href);
    const isText = typeof body === 'string' || Buffer.isBuffer(body);
    const payload = body === undefined ? undefined : isText ? body : JSON.stringify(body);
    const answer = await exchange(
      url,
      {
        ...this.#connection,
        method,
        agent: agentFor(this.#ca),
        headers: {
          'user-agent': 'test browser',
          'x-forwarded-for': this.address,
          origin: this.origin,
          'sec-fetch-site': 'same-origin',
          ...(cookie && { cookie }),
          ...(payload !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(payload),
          }),
          ...headers,
        },
      },
      payload,
    );
    for (const line of answer.cookies) await this.jar.setCookie(line, url.href, { ignoreError: true });
    return answer;
  }

  /** A connection with that much of a request, and what came over it so far. It ends with the test. */
  async open(text = '') {
    const { hostname: host, port } = new URL(this.origin);
    const socket = connect({ host, port: Number(port), ca: this.#ca });
    onTestFinished(() => void socket.destroy());
    let received = '';
    socket.on('error', () => {}).on('data', (chunk) => (received += chunk));
    await once(socket, 'secureConnect');
    socket.write(text);
    return { socket, received: () => received };
  }

  /** The value of the session cookie in the jar, as a thief would copy it. */
  async cookie(): Promise<string | undefined> {
    const cookies = await this.jar.getCookies(this.origin);
    return cookies.find(({ key }) => key === COOKIE_NAME)?.value;
  }

  /** Puts a session cookie in the jar, as somebody who planted or copied one would. */
  async plant(value: string): Promise<void> {
    await this.jar.setCookie(`${COOKIE_NAME}=${value}; Path=/; Secure; HttpOnly`, this.origin);
  }

  /** Another browser with the same cookies: a thief's. */
  async copy(): Promise<Browser> {
    const other = this.at(this.origin);
    other.jar = await this.jar.clone();
    return other;
  }

  /** The same browser on another port. Cookies ignore the port. */
  at(origin: string): Browser {
    const other = new Browser(origin, this.#ca, this.address, this.#connection);
    other.jar = this.jar;
    return other;
  }
}

const agents = new Map<string | undefined, Agent>();

/** All browsers share connections: only the cookie says who asks, and TLS handshakes take time. */
function agentFor(ca: string | undefined): Agent {
  const agent = agents.get(ca) ?? new Agent({ ca, keepAlive: true });
  agents.set(ca, agent);
  return agent;
}

/** From a block for private networks: another client each time, because throttling counts by address. */
function randomAddress(): string {
  return `10.${[1, 2, 3].map(() => Math.floor(Math.random() * 256)).join('.')}`;
}

/** One request and its whole answer. */
export function exchange(url: URL, options: RequestOptions, payload?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        const isJson = incoming.headers['content-type']?.includes('json') ?? false;
        const body = isJson && text ? JSON.parse(text) : undefined;
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          cookies: incoming.headers['set-cookie'] ?? [],
          text,
          body,
          code: body?.error?.code,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

/** The session id inside a signed cookie value. */
export function idIn(cookieValue: string | undefined): string {
  const match = /^(?:s:)?([\w-]+)/.exec(decodeURIComponent(cookieValue ?? ''));
  return match?.[1] ?? expect.unreachable(`no session id in ${cookieValue}`);
}
