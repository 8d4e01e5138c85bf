import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { succeed } from './commands.ts';

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

export const PASSWORD = 'a horse reads by candle light';

/** A person with curl and a cookie jar, at the server of a project. */
export class Curl {
  readonly #folder: string;
  readonly #jar: string;
  readonly #ca: string;
  readonly #origin: string;

  /** `folder` takes the jar; `ca` is the file with the authority of the project's certificate. */
  constructor(folder: string, ca: string, origin: string) {
    this.#folder = folder;
    this.#jar = join(mkdtempSync(join(folder, 'curl-')), 'cookies.txt');
    this.#ca = ca;
    this.#origin = origin;
    writeFileSync(this.#jar, '');
  }

  get = (path: string, port?: number): Promise<Answer> => this.#send('GET', path, undefined, port);
  post = (path: string, body?: object, port?: number): Promise<Answer> =>
    this.#send('POST', path, body, port);
  delete = (path: string, port?: number): Promise<Answer> => this.#send('DELETE', path, undefined, port);

  register = (email: string, port?: number): Promise<Answer> =>
    this.post('/api/auth/register', { email, password: PASSWORD }, port);

  logIn = (email: string, port?: number): Promise<Answer> =>
    this.post('/api/auth/login', { email, password: PASSWORD }, port);

  async isSignedIn(port?: number): Promise<boolean> {
    return (await this.get('/api/session', port)).body.authenticated;
  }

  /** The session cookie in the jar, not that of a known browser: `name=value`, as a Cookie header has it. */
  cookie(): string | undefined {
    const line = readFileSync(this.#jar, 'utf8')
      .split('\n')
      .find((text) => /\t__(Host|Secure)-(?!device\t)/.test(text));
    return line?.split('\t').slice(5).join('=');
  }

  /** Another person with the same cookies: a thief. */
  copy(): Curl {
    const thief = new Curl(this.#folder, this.#ca, this.#origin);
    copyFileSync(this.#jar, thief.#jar);
    return thief;
  }

  async #send(method: string, path: string, body?: object, port?: number): Promise<Answer> {
    const url = new URL(path, this.#origin);
    if (port) url.port = String(port);
    const json = body ? ['--header', 'Content-Type: application/json', '--data', JSON.stringify(body)] : [];
    const output = await succeed(
      'curl',
      // As a script of the app's own origin, which the cross-site check asks for. ::1 is another address of the machine.
      [
        '--silent',
        '--show-error',
        '--ipv4',
        '--max-time',
        '20',
        '--cacert',
        this.#ca,
        '--header',
        `Origin: ${this.#origin}`,
      ]
        .concat(['--cookie', this.#jar, '--cookie-jar', this.#jar, '--request', method, ...json])
        .concat(['--write-out', '\n%{http_code}', url.href]),
      this.#folder,
    );
    const [status = '', ...text] = output.trimEnd().split('\n').reverse();
    const isJson = /^[[{]/.test(text.at(-1) ?? '');
    return { status: Number(status), body: isJson ? JSON.parse(text.reverse().join('\n')) : undefined };
  }
}
