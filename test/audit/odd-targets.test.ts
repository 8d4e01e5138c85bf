import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { AuditDocument } from '../../src/commands/audit/report/document.ts';
import { createDevelopmentCertificates } from '../../src/plan/certificates/certificate-authority.ts';
import { runInProcess } from '../support/in-process.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { FORM_APP_FLAGS, type FormApp, formApp, listening, PASSWORD, serve } from './support/form-app.ts';

/** Servers that nobody thought of: a clear answer, in bounded time, with the right exit code. */

const FORM = ['--login', 'POST /login', '--form', 'user=${USER}&password=${PASSWORD}', ...FORM_APP_FLAGS];
/** Checks that use most of what a server may do differently. */
const SOME = ['--only', 'B1,B4,B6,B11,B12,B22'];

/** @param authority as PEM, where it is to be trusted */
async function auditOf(url: string, flags: readonly string[] = FORM, authority = '') {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'ca.pem'), authority);
  writeFileSync(join(cwd, 'password.txt'), PASSWORD);
  const run = await runInProcess(['audit', url, ...flags, ...(authority ? ['--ca', 'ca.pem'] : [])], cwd);
  return { ...run, said: run.stderr.replace('create-secure-session-app: ', '').trimEnd() };
}

async function checksOf(url: string, flags: readonly string[] = FORM, authority = '') {
  const { stdout } = await auditOf(url, [...flags, '--json'], authority);
  return (JSON.parse(stdout) as AuditDocument).checks ?? [];
}

const verdictsOf = (checks: AuditDocument['checks']) =>
  Object.fromEntries(checks.map(({ id, verdict }) => [id, verdict]));

/** Over http, without security headers: the same whatever else is odd. */
const USUAL = { B1: 'unknown', B4: 'pass', B6: 'pass', B11: 'pass', B12: 'pass', B22: 'fail' };

describe('audit', () => {
  it('judges a server of HTTP/1.0, which closes each connection', async () => {
    const inner = await serve(formApp());
    const url = await listening(
      createServer((socket) => {
        let text = '';
        socket.on('error', () => {});
        socket.on('data', (data) => {
          text += data;
          const [head = '', body] = text.split('\r\n\r\n');
          if (body === undefined || body.length < Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0))
            return;
          const [line = '', ...rows] = head.split('\r\n');
          const [method, path] = line.split(' ');
          const headers = Object.fromEntries(rows.map((row) => row.split(': ')));
          request(
            inner,
            { method, path, headers: { ...headers, Connection: 'close' }, agent: false },
            async (answer) => {
              const raw = answer.rawHeaders
                .map((word, i) => (i % 2 === 0 ? `${word}: ` : `${word}\r\n`))
                .join('');
              socket.write(
                `HTTP/1.0 ${answer.statusCode} x\r\n${raw.replace(/(connection|transfer-encoding).*\r\n/gi, '')}\r\n`,
              );
              for await (const chunk of answer) socket.write(chunk);
              socket.end();
            },
          ).end(body);
        });
      }),
    );
    expect(verdictsOf(await checksOf(url, [...FORM, ...SOME]))).toEqual(USUAL);
  });

  it.each<[string, FormApp, string[]]>([
    ['that sends a cookie with an empty value', { emptyCookie: 'flash' }, []],
    ['under a path', { prefix: '/shop' }, ['--home', 'GET /shop/']],
  ])('judges an app %s', async (_what, options, flags) => {
    const url = await serve(formApp(options));
    const whole = FORM.map((text) => text.replace(/^([A-Z]+ )\//, `$1${options.prefix ?? ''}/`));
    const checks = await checksOf(url, [...whole, ...flags, ...SOME]);
    expect(verdictsOf(checks)).toEqual(USUAL);
    const headers = checks.find(({ id }) => id === 'B22');
    expect(headers?.evidence).toContain(`${options.prefix ?? ''}/ lacks nosniff`);
  });

  it('judges an app on ::1, by address and by name', async () => {
    const url = await serve(formApp(), { host: '::1' });
    expect(verdictsOf(await checksOf(url, [...FORM, ...SOME]))).toEqual(USUAL);
    const byName = url.replace('[::1]', 'localhost');
    expect(verdictsOf(await checksOf(byName, [...FORM, ...SOME]))).toEqual(USUAL);
  });

  it('does not take a certificate without subjectAltName for a valid one, as browsers do not', async () => {
    const tls = withoutNames();
    const url = await serve(formApp(), { tls });
    const [check] = await checksOf(url, [...FORM, '--only', 'B21'], tls.cert);
    expect(check).toMatchObject({ verdict: 'fail', evidence: expect.stringContaining('subjectAltName') });
  });

  it('says nothing of a logout that the app refuses', async () => {
    const url = await serve(formApp({ logoutStatus: 404 }));
    const { code, said } = await auditOf(url, [...FORM, '--only', 'B11']);
    expect(said).toContain('POST /logout answered 404 to a signed-in user');
    expect(code).toBe(3);
  });
});

describe('audit of a server that cannot be judged', () => {
  const tls = createDevelopmentCertificates(['localhost']);
  const expired = createDevelopmentCertificates(['localhost'], new Date('2020-01-01'));
  const greeting = () =>
    listening(createServer((socket) => socket.on('error', () => {}).end('220 mail ESMTP\r\n')));
  const redirecting = () => {
    let count = 0;
    return serve((_request, response) => {
      count += 1;
      response.writeHead(302, { Location: `/${count}` }).end();
    });
  };
  const endless = (path: string) => {
    const app = formApp();
    return serve((request, response) => {
      if (request.url !== path) return app(request, response);
      response.writeHead(200, { 'Content-Length': String(3 * 1024 ** 3) });
      const more = () => response.write(Buffer.alloc(1 << 20)) && setImmediate(more);
      response.on('drain', more);
      more();
    });
  };

  it.each<[string, () => Promise<string>, string, string]>([
    ['speaks no HTTP', greeting, '', 'it does not speak HTTP on this port. Check the port.'],
    [
      'speaks no TLS',
      () => serve(formApp()).then((url) => url.replace('http:', 'https:')),
      '',
      'it does not speak TLS on this port. Try http://localhost:',
    ],
    [
      'speaks TLS only',
      () => serve(formApp(), { tls }).then((url) => url.replace('https:', 'http:')),
      '',
      'it closed the connection. If it speaks TLS on this port, try https://localhost:',
    ],
    [
      'has a certificate of nobody',
      () => serve(formApp(), { tls }),
      '',
      'its certificate is from an authority that is not trusted (SELF_SIGNED_CERT_IN_CHAIN). Pass the authority with --ca FILE',
    ],
    [
      'has a certificate for other names',
      () => serve(formApp(), { tls }).then((url) => url.replace('localhost', 'shop.localhost')),
      tls.ca,
      'its certificate is not for shop.localhost. Use a name of the certificate in the address',
    ],
    [
      'has a certificate that has expired',
      () => serve(formApp(), { tls: expired }),
      expired.ca,
      'its certificate has expired. Renew it',
    ],
    ['redirects forever', redirecting, '', '/login: more than 5 redirects. Check the recipe and the app.'],
    [
      'sends 3 GB',
      () => endless('/me'),
      '',
      'cannot be used: GET /me: the answer is larger than 2 MB. Check the address.',
    ],
    [
      'sends 3 GB after the login',
      () => endless('/'),
      '',
      'GET /: the answer is larger than 2 MB. Check the recipe and the app.',
    ],
    [
      'sends what unfolds to 300 MB',
      () => {
        const bomb = gzipSync(Buffer.alloc(300 << 20));
        return serve((_request, response) =>
          response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb),
        );
      },
      '',
      'the answer cannot be unpacked',
    ],
    [
      'answers 200 to everything',
      () => serve((request, response) => void request.resume().on('end', () => response.end('hello'))),
      '',
      'without any cookie the answer is that of a signed-in user',
    ],
  ])('%s exits 3 and says why', { timeout: 15_000 }, async (_what, start, authority, message) => {
    const { code, said } = await auditOf(await start(), FORM, authority);
    expect({ code, said }).toEqual({ code: 3, said: expect.stringContaining(message) });
  });

  it('is none of ours and has no recipe: it says what was assumed, and what to pass', async () => {
    const { code, said } = await auditOf(await serve(formApp()), []);
    expect(code).toBe(3);
    expect(said).toContain('POST /api/auth/register answered 404');
    expect(said).toContain(
      'Without a recipe the app is taken for a generated project; for any other pass --login-page',
    );
  });

  it('is under a path: it says where that belongs', async () => {
    const { code, said } = await auditOf('http://localhost:1/shop');
    expect(code).toBe(2);
    expect(said).toContain(
      "Use http://localhost:1 with --home 'GET /shop', and whole paths in the other requests.",
    );
  });
});

/** For the common name localhost, self-signed. */
function withoutNames() {
  const directory = temporaryDirectory();
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(directory, name)) as [string, string];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const subject = ['-subj', '/CN=localhost', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...curve, '-nodes', '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}
