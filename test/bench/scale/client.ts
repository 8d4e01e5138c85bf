import { Agent, request } from 'node:https';

export interface Answer {
  body: string;
  /** The session cookie that came with it, as a Cookie header has it. */
  cookie: string;
  /** From sending to the last byte. */
  milliseconds: number;
}

/** One browser after the other over one connection: what is measured is how long an answer takes, not how many fit. */
export class Client {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws for any other status: a fast refusal is no result */
  async ask(method: string, path: string, status: number, cookie = '', json?: object): Promise<Answer> {
    try {
      return await this.#send(method, path, status, cookie, json);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      return this.#send(method, path, status, cookie, json);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, status: number, cookie: string, json?: object): Promise<Answer> {
    const body = json && JSON.stringify(json);
    const headers = {
      Accept: 'application/json',
      'Sec-Fetch-Site': 'same-origin',
      ...(cookie && { Cookie: cookie }),
      ...(method !== 'GET' && { Origin: `https://localhost:${this.#port}` }),
      ...(body && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
    };
    const begin = performance.now();
    return new Promise((done, fail) => {
      const options = { method, headers, agent: this.#agent };
      const sent = request(`https://localhost:${this.#port}${path}`, options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.once('error', fail).once('end', () => {
          const milliseconds = performance.now() - begin;
          if (response.statusCode !== status) {
            fail(new Error(`${method} ${path} was answered ${response.statusCode}: ${text}`));
            return;
          }
          const cookies = (response.headers['set-cookie'] ?? []).map((line) => line.split(';', 1)[0] ?? '');
          const session = cookies.find((cookie) => cookie.startsWith('__Host-id='));
          done({ body: text, cookie: session ?? '', milliseconds });
        });
      });
      sent.once('error', (error) => fail(sent.reusedSocket ? new StaleConnection() : error)).end(body);
    });
  }
}

/** While other sizes had their turns, the server closed a connection that was idle, and it was not noticed here. */
class StaleConnection extends Error {}
