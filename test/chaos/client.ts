import { Agent, type IncomingMessage, request } from 'node:http';

/** Where browsers are, as far as the app knows: both instances stand behind one address. */
export const APP_ORIGIN = 'https://app.example';

/** An answer, or why there is none: `hung` when it was given up, `broken` when the connection was refused or ended. */
export type Outcome =
  | { kind: 'answer'; status: number; body: unknown; cookies: string[] }
  | { kind: 'hung' | 'broken'; reason: string };

export interface Call {
  method: string;
  path: string;
  cookie?: string | undefined;
  body?: unknown;
}

/** Sends requests as a proxy that terminates TLS does, for one client with an address of its own. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  readonly #address: string;
  readonly #giveUpMs: number;

  constructor(address: string, giveUpMs: number) {
    this.#address = address;
    this.#giveUpMs = giveUpMs;
  }

  /** Never rejects. @param instance its address, such as http://127.0.0.1:3000 */
  send(instance: string, { method, path, cookie, body }: Call): Promise<Outcome> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      'X-Forwarded-For': this.#address,
      'X-Forwarded-Proto': 'https',
      'Sec-Fetch-Site': 'same-origin',
      Origin: APP_ORIGIN,
      ...(cookie && { Cookie: cookie }),
      ...(text && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
    };
    const agent = this.#agent;
    return new Promise((done) => {
      const sent = request(`${instance}${path}`, { method, headers, agent }, (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          answer += chunk;
        });
        response.once('error', broken);
        response.once('end', () => end({ kind: 'answer', ...parsed(response, answer) }));
      });
      const end = (outcome: Outcome) => {
        clearTimeout(timer);
        done(outcome);
      };
      const broken = (error: NodeJS.ErrnoException) =>
        end({ kind: 'broken', reason: error.code ?? error.message });
      const timer = setTimeout(() => {
        end({ kind: 'hung', reason: `no answer to ${method} ${path} in ${this.#giveUpMs} ms` });
        sent.destroy();
      }, this.#giveUpMs);
      sent.once('error', broken);
      sent.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

// --- internal ---

function parsed({ statusCode = 0, headers }: IncomingMessage, text: string) {
  const cookies = (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';', 1)[0] ?? '');
  return { status: statusCode, body: json(text), cookies };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
