import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD_MIN_LENGTH } from '../src/security-policy.ts';
import { startApp, type TestApp } from './support/app.ts';
import { exchange } from './support/browser.ts';

const PUBLIC = resolve('public');
const PAGES = { '/': 'index.html', '/login': 'login.html', '/register': 'register.html', '/account': 'account.html' };
const ASSETS = { '/app.js': 'javascript', '/style.css': 'text/css', '/favicon.svg': 'image/svg+xml' };

const read = (file: string): string => readFileSync(join(PUBLIC, file), 'utf8');
const pages = Object.values(PAGES).map((file) => ({ file, html: read(file) }));
const script = read('app.js');
const { returnPath, waitInWords, deviceName } = await import(pathToFileURL(join(PUBLIC, 'app.js')).href);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('the files of the pages', () => {
  it.each(Object.entries(PAGES))('GET %s answers a page that may run no script but our own', async (path, file) => {
    const { status, headers, cookies, text } = await app.browser().get(path);
    expect(status).toBe(200);
    expect(text).toBe(read(file));
    expect(headers['content-type']).toMatch(/^text\/html; charset=utf-8$/i);
    const policy = String(headers['content-security-policy']).split(';');
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      expect(policy).toContain(directive);
    }
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': expect.any(String),
    });
    expect(cookies).toEqual([]);
  });

  it.each(Object.entries(ASSETS))('GET %s answers with its type, so that nosniff lets it in', async (path, type) => {
    const { status, headers } = await app.browser().get(path);
    expect(status).toBe(200);
    expect(headers['content-type']).toContain(type);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it.each([{ range: 'bytes=999999999-' }, { 'if-match': '"another"' }])(
    'answer %j without an error of ours',
    async (headers) => {
      const { status } = await app.browser().get('/app.js', { headers });
      expect(status).toBeLessThan(500);
    },
  );

  it('are all that is in public/', () => {
    const known = [...Object.values(PAGES), ...Object.keys(ASSETS).map((path) => path.slice(1))];
    expect(readdirSync(PUBLIC).sort()).toEqual(known.sort());
  });

  it('take no part in a POST', async () => {
    const { status, body } = await app.browser().post('/login', { email: 'a@example.test' });
    expect(status).toBe(404);
    expect(body.error.code).toBe('not_found');
  });
});

describe('the rest of the disk', () => {
  const outside = mkdtempSync(join(tmpdir(), 'pages-'));
  let guarded: TestApp;

  beforeAll(async () => {
    const publicDirectory = join(outside, 'public');
    mkdirSync(join(publicDirectory, '.hidden'), { recursive: true });
    for (const file of ['secret.txt', 'public/.env', 'public/.hidden/file.txt', 'public/open.txt']) {
      writeFileSync(join(outside, file), file);
    }
    guarded = await startApp({ config: { publicDirectory } });
  });
  afterAll(async () => {
    await guarded.close();
    rmSync(outside, { recursive: true });
  });

  it.each([
    '/.env',
    '/%2eenv',
    '/.hidden/file.txt',
    '/secret.txt',
    '/public/open.txt',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '/open.txt/../../secret.txt',
    '//../secret.txt',
    '/%252e%252e/secret.txt',
    '/.',
    '/..',
    '/%00',
    '/open.txt%00.html',
    '/%',
    `/${'a'.repeat(5000)}`,
  ])('is not reached by %s', async (path) => {
    const { status, body } = await exchange(new URL(guarded.origin), { ca: guarded.ca, path });
    expect({ status, code: body?.error?.code }).toEqual({ status: 404, code: 'not_found' });
  });

  it('stays closed while the file beside it opens', async () => {
    expect((await guarded.browser().get('/open.txt')).text).toBe('public/open.txt');
  });
});

describe.each(pages)('$file', ({ html }) => {
  it('holds no inline script, style or event handler, which the policy would stop anyway', () => {
    expect(html.match(/<script\b[^>]*>[^<]*/g)).toEqual(['<script type="module" src="/app.js">']);
    expect(html).not.toMatch(/<style\b|\sstyle=|\son\w+=|javascript:/i);
  });

  it('loads nothing from elsewhere', () => {
    const addresses = [...html.matchAll(/\s(?:src|href|action)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThan(5);
    expect(addresses.filter((address) => !/^\/(?!\/)/.test(address ?? ''))).toEqual([]);
  });

  it('has a log-out button that POSTs, for whoever is signed in', () => {
    const form = /<form id="log-out"([^>]*)>\s*<button type="submit">Log out<\/button>/.exec(html)?.[1];
    expect(form).toContain('method="post"');
    expect(form).toContain('action="/api/auth/logout"');
    expect(form).toContain('data-for="user"');
  });

  it('has forms that put no password into an address when the script fails to load', () => {
    const forms = html.match(/<form\b[^>]*>/g) ?? [];
    expect(forms.filter((form) => !/ method="post" action="\/api\//.test(form))).toEqual([]);
  });

  it('tells password managers what each field is for, and lets them paste', () => {
    const fields = html.match(/<input\b[^>]*>/g) ?? [];
    expect(fields.filter((field) => !/ autocomplete="(username|current-password|new-password)"/.test(field))).toEqual(
      [],
    );
    const shown = fields.filter((field) => field.includes('-password"') && !field.includes('type="password"'));
    expect(shown).toEqual([]);
    expect(html).not.toMatch(/maxlength|onpaste/i);
  });

  it('has a label for each field that can be seen', () => {
    const fields = (html.match(/<input\b[^>]*>/g) ?? []).filter((field) => !field.includes(' hidden'));
    const ids = fields.map((field) => / id="([^"]+)"/.exec(field)?.[1]);
    expect(ids.filter((id) => !html.includes(`<label for="${id}">`))).toEqual([]);
  });

  it('names the length that new passwords need as the policy does', () => {
    const hinted = html.match(/At least \d+ characters/g) ?? [];
    expect(hinted).toHaveLength(html.includes('new-password') ? 1 : 0);
    for (const hint of hinted) expect(hint).toBe(`At least ${PASSWORD_MIN_LENGTH} characters`);
  });
});

describe('app.js', () => {
  it.each(['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document.write', 'eval', 'new Function', 'setHTML'])(
    'never uses %s, which would let what an attacker wrote become part of the page',
    (sink) => {
      expect(script).not.toContain(sink);
    },
  );

  it.each(['localStorage', 'sessionStorage', 'indexedDB', 'document.cookie', 'caches'])(
    'keeps nothing in %s',
    (storage) => {
      expect(script).not.toContain(storage);
    },
  );
});

describe('returnPath', () => {
  it.each(['/', '/account'])('lets a login lead to %s', (path) => {
    expect(returnPath(path)).toBe(path);
  });

  it.each([
    null,
    '',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'https:evil.example',
    'https://evil.example',
    'https:/\\evil.example',
    '%2f%2fevil.example',
    '/%2fevil.example',
    '/%5cevil.example',
    'javascript:alert(1)',
    'data:text/html,hello',
    '/account/../../evil',
    '/account@evil.example',
    '/account?next=//evil.example',
    '/account#//evil.example',
    '/api/auth/logout',
    'account',
    'toString',
  ])('answers the account for %j', (wanted) => {
    expect(returnPath(wanted)).toBe('/account');
    const once = new URLSearchParams({ returnTo: wanted ?? '' }).get('returnTo');
    expect(new URL(returnPath(once), app.origin).href).toBe(`${app.origin}/account`);
  });
});

describe('waitInWords', () => {
  it.each([
    [1, 'Try again in 1 second.'],
    [59, 'Try again in 59 seconds.'],
    [60, 'Try again in 1 minute.'],
    [61, 'Try again in 2 minutes.'],
    [900, 'Try again in 15 minutes.'],
  ])('never tells a shorter wait than %i seconds', (seconds, words) => {
    expect(waitInWords(seconds)).toBe(words);
  });
});

describe('deviceName', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['', 'Unknown device'],
  ])('takes %s for a device', (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name);
  });
});
