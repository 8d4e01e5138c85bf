/** The pages: what they may load and run, what they keep, and which files are served. New pages are held to the same. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { it, startApp, type TestApp } from './support/app.ts';
import { exchange } from './support/browser.ts';
import { signedIn } from './support/fixtures.ts';

const PUBLIC = resolve('public');
const read = (file: string): string => readFileSync(join(PUBLIC, file), 'utf8');
const files = readdirSync(PUBLIC);
const pages = files.filter((file) => file.endsWith('.html')).map((file) => ({ file, html: read(file) }));
const scripts = files.filter((file) => file.endsWith('.js'));
const { returnPath, waitInWords, deviceName } = await import(pathToFileURL(join(PUBLIC, 'app.js')).href);

describe('the files of the pages', () => {
  it.for(pages)('include $file, which may run no script but our own', async ({ file, html }, { app }) => {
    const { status, headers, cookies, text } = await app.browser().get(`/${file.replace(/(index)?\.html$/, '')}`);
    expect({ status, text, cookies }).toEqual({ status: 200, text: html, cookies: [] });
    expect(headers['content-type']).toMatch(/^text\/html; charset=utf-8$/i);
    const policy = String(headers['content-security-policy']).split(';');
    for (const directive of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"]) {
      expect(policy).toContain(directive);
    }
    expect(policy).toContain("require-trusted-types-for 'script'");
  });

  it.for([
    ['.js', 'javascript'],
    ['.css', 'text/css'],
    ['.svg', 'image/svg+xml'],
  ])('with the ending %s have their type, so that nosniff lets them in', async ([ending = '', type], { app }) => {
    for (const file of files.filter((file) => file.endsWith(ending))) {
      const { status, headers } = await app.browser().get(`/${file}`);
      expect(status).toBe(200);
      expect(headers['content-type']).toContain(type);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('answer a range or a condition that fails without an error of ours', async ({ app }) => {
    for (const headers of [{ range: 'bytes=999999999-' }, { 'if-match': '"another"' }]) {
      expect((await app.browser().get('/app.js', { headers })).status).toBeLessThan(500);
    }
  });

  it('take no part in a POST', async ({ app }) => {
    const answer = await app.browser().post('/login', { email: 'a@example.test' });
    expect(answer).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('an error', () => {
  const asPerson = { 'sec-fetch-dest': 'document' };

  it('is a page for a person, with its status, the policy and out of every cache', async ({ app }) => {
    for (const headers of [asPerson, { accept: 'text/html,*/*' }]) {
      const answer = await app.browser().get('/nothing/here', { headers });
      expect([answer.status, answer.text]).toEqual([404, read('404.html')]);
      expect(answer.headers['content-type']).toMatch(/^text\/html/);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    }
    app.faults.fail('ping', new Error('a mistake of ours'));
    const { status, text } = await app.browser().get('/readyz', { headers: asPerson });
    app.faults.clear();
    expect([status, text]).toEqual([500, read('500.html')]);
  });

  it('is JSON for everybody else, and under /api', async ({ app }) => {
    const script = { 'sec-fetch-dest': 'empty', accept: 'text/html' };
    const { browser } = await signedIn(app);
    for (const [path, headers] of [
      ['/nothing', script],
      ['/nothing', {}],
      ['/api/nothing', asPerson],
    ] as const) {
      expect((await browser.get(path, { headers })).code).toBe('not_found');
    }
    expect((await app.browser().post('/nothing', {}, { headers: asPerson })).code).toBe('not_found');
  });

  it('is JSON where the page for it cannot be read', async ({ start }) => {
    const app = await start({ config: { publicDirectory: resolve('src') } });
    expect((await app.browser().get('/nothing', { headers: asPerson })).code).toBe('not_found');
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
    const answer = await exchange(new URL(guarded.origin), { ca: guarded.ca, path });
    expect(answer).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('stays closed while the file beside it opens', async () => {
    expect((await guarded.browser().get('/open.txt')).text).toBe('public/open.txt');
  });
});

describe.each(pages.filter(({ html }) => html.includes('data-for="user"')))('$file', ({ html }) => {
  it('has a logout button that POSTs, for whoever is signed in', () => {
    const forms = [...html.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)];
    const [, attributes, content] = forms.find(([form]) => form.includes('action="/api/auth/logout"')) ?? [];
    expect(attributes).toContain('method="post"');
    expect(content).toContain('<button type="submit">');
  });
});

describe.each(pages)('$file', ({ html }) => {
  const fields = html.match(/<input\b[^>]*>/g) ?? [];

  it('has no inline script, style or event handler, which the policy would stop anyway', () => {
    for (const [, address] of html.matchAll(/<script\b([^>]*)>[^<]*/g)) expect(address).toMatch(/ src="\//);
    expect(html).not.toMatch(/<script\b[^>]*>\s*[^\s<]|<style\b|\sstyle=|\son\w+=|javascript:/i);
  });

  it('loads nothing from elsewhere', () => {
    const addresses = [...html.matchAll(/\s(?:src|href|action)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.filter((address) => !/^\/(?!\/)/.test(address ?? ''))).toEqual([]);
  });

  it('has forms that put no password into an address when the script fails to load', () => {
    const forms = html.match(/<form\b[^>]*>/g) ?? [];
    expect(forms.filter((form) => !/ method="post" action="\/api\//.test(form))).toEqual([]);
  });

  it('tells password managers what each password field is for, hides what is typed, and lets people paste', () => {
    const passwords = fields.filter((field) => /type="password"|-password"/.test(field));
    for (const field of passwords) {
      expect(field).toContain('type="password"');
      expect(field).toMatch(/ autocomplete="(current|new)-password"/);
    }
    expect(html).not.toMatch(/onpaste|maxlength/i);
  });

  it('has a label for each field that can be seen', () => {
    const ids = fields.filter((field) => !field.includes(' hidden')).map((field) => / id="([^"]+)"/.exec(field)?.[1]);
    expect(ids.filter((id) => !html.includes(`<label for="${id}">`))).toEqual([]);
  });
});

describe.each(scripts)('%s', (file) => {
  const script = read(file);

  it('never turns text into code or markup, so that what an attacker wrote stays text', () => {
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setHTML/);
  });

  it('keeps nothing in the browser, where it would outlive the session', () => {
    expect(script).not.toMatch(/localStorage|sessionStorage|indexedDB|document\.cookie|\bcaches\b/);
  });
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
    expect(new URL(returnPath(once), 'https://app.example').href).toBe('https://app.example/account');
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
