/** A client with cookies. It sends what a browser on the app's own pages sends, unless it is told otherwise. */
import { type Exchange, type Message, NoAnswer, type SendOptions } from '../http/exchange.ts';
import { isDeletion, setCookiesOf } from '../http/set-cookie.ts';
import type { Draft } from './message.ts';

export type Cookies = ReadonlyMap<string, string>;

/** Sends a message as it is and keeps a record of it. */
export type Transport = (message: Message, how?: SendOptions) => Promise<Exchange>;

export interface Sending extends SendOptions {
  /** Instead of the headers of a browser on the app's own pages. */
  site?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
}

export class Client {
  /** By name alone. Also those that a browser would refuse: their fault is another check's finding. */
  readonly cookies: Map<string, string>;
  /** The last CSRF token it was given. */
  token: string | undefined;
  readonly #transport: Transport;
  readonly #origin: URL;

  constructor(transport: Transport, origin: URL, cookies: Cookies = new Map()) {
    this.#transport = transport;
    this.#origin = origin;
    this.cookies = new Map(cookies);
  }

  async send(draft: Draft, { site, headers, ...how }: Sending = {}): Promise<Exchange> {
    const { method, path, body } = draft;
    const isForm = draft.headers['Content-Type']?.includes('form') ?? false;
    const all: Record<string, string> = {
      Accept: isForm ? HTML : 'application/json, text/html;q=0.9, */*;q=0.1',
      'Accept-Encoding': 'identity',
      ...(site ?? this.#ownPage(method)),
      ...(body === '' && /^(GET|HEAD|TRACE)$/.test(method)
        ? {}
        : { 'Content-Length': String(Buffer.byteLength(body)) }),
      ...draft.headers,
      ...(this.cookies.size > 0 && {
        Cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      }),
      ...headers,
    };
    const { onHeaders } = how;
    const exchange = await this.#transport(
      { method, path, headers: all, body },
      {
        ...how,
        onHeaders: (early) => {
          this.#keep(early);
          onHeaders?.(early);
        },
      },
    );
    return exchange;
  }

  /** Follows redirects within the origin, as a browser does after a form. */
  async follow(exchange: Exchange): Promise<Exchange> {
    let last = exchange;
    for (let times = 0; isRedirect(last) && times < MAX_REDIRECTS; times += 1) {
      const url = locationOf(last, this.#origin);
      if (!url || url.origin !== this.#origin.origin) return last;
      last = await this.send({ method: 'GET', path: url.pathname + url.search, headers: {}, body: '' });
    }
    if (isRedirect(last)) throw new NoAnswer(`${exchange.sent.path}: more than ${MAX_REDIRECTS} redirects`);
    return last;
  }

  // --- internal ---

  /** Django looks at Referer, others at Origin or Sec-Fetch-Site. */
  #ownPage(method: string): Record<string, string> {
    const { origin } = this.#origin;
    const isSafe = /^(GET|HEAD)$/.test(method);
    return { 'Sec-Fetch-Site': 'same-origin', Referer: `${origin}/`, ...(!isSafe && { Origin: origin }) };
  }

  #keep(exchange: Exchange): void {
    for (const cookie of setCookiesOf(exchange)) {
      if (isDeletion(cookie) || cookie.value === '') this.cookies.delete(cookie.name);
      else this.cookies.set(cookie.name, cookie.value);
    }
  }
}

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';
const MAX_REDIRECTS = 5;

export const isRedirect = ({ status, headers }: Exchange): boolean =>
  status >= 300 && status < 400 && headers.some(([name]) => /^location$/i.test(name));

/** Where a redirect leads, as a browser reads it; undefined when that is no address. */
export function locationOf({ headers, sent }: Exchange, origin: URL): URL | undefined {
  const text = headers.find(([name]) => /^location$/i.test(name))?.[1];
  const base = new URL(origin.origin + (sent.path.startsWith('/') ? sent.path : '/'));
  return text !== undefined && URL.canParse(text, base.href) ? new URL(text, base) : undefined;
}
