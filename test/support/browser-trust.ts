import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { put } from './tls.ts';

/** Opens a page; resolves to its text, or to the network error that the browser names. */
export interface Visit {
  (url: string): Promise<string>;
  close(): Promise<void>;
}

/** Opens pages in Debian's Chromium, with `caPem` trusted. */
export async function browserTrusting(caPem: string): Promise<Visit> {
  const { context, close } = await chromiumTrusting(caPem);
  const visit = async (url: string): Promise<string> => {
    const page = await context.newPage();
    try {
      await page.goto(url);
      return (await page.textContent('body')) ?? '';
    } catch (error) {
      return /net::\w+/.exec(String(error))?.[0] ?? String(error);
    } finally {
      await page.close();
    }
  };
  return Object.assign(visit, { close });
}

/** Chromium as one person has it. */
export interface Chromium {
  context: BrowserContext;
  /** Closes it, and opens it again with what it has kept of its profile. */
  restart(): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** Debian's Chromium with an empty profile, every host on 127.0.0.1, and authorities in the NSS store of its HOME. */
export async function chromiumTrusting(...authorities: string[]): Promise<Chromium> {
  const home = mkdtempSync(join(tmpdir(), 'chromium-home-'));
  addToNssStore(join(home, '.pki', 'nssdb'), authorities);
  const first = await launch(home);
  let context = first;
  const restart = async (): Promise<BrowserContext> => {
    await context.close();
    context = await launch(home);
    return context;
  };
  const close = async (): Promise<void> => {
    await context.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  return { context: first, restart, close };
}

function launch(home: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: '/usr/bin/chromium',
    headless: true,
    env: { ...process.env, HOME: home, XDG_DATA_HOME: '', XDG_CONFIG_HOME: '' },
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'].concat(
      '--disable-background-networking',
      '--no-proxy-server',
      '--host-resolver-rules=MAP * 127.0.0.1',
    ),
    // People's browsers keep the pages they leave in memory, so tests meet that too.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
}

function addToNssStore(database: string, authorities: readonly string[]): void {
  mkdirSync(database, { recursive: true });
  certutil(database, '-N', '--empty-password');
  for (const [index, caPem] of authorities.entries()) {
    const file = put(`browser-ca-${index}.pem`, caPem);
    certutil(database, '-A', '-t', 'C,,', '-n', `development-ca-${index}`, '-i', file);
  }
}

function certutil(database: string, ...args: string[]): void {
  const { status, stderr } = spawnSync('certutil', ['-d', `sql:${database}`, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`certutil ${args[0]} failed: ${stderr}`);
}

/** What the console of a page complains of. Chromium counts every answer from 400 as an error, wanted or not. */
export class Complaints {
  texts: string[] = [];
  /** Set by a test in which the server refuses something. */
  isRefusalWanted = false;

  constructor(page: Page) {
    page.on('pageerror', (error) => this.texts.push(String(error)));
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      if (this.isRefusalWanted && /status of [45]\d\d/.test(message.text())) return;
      this.texts.push(message.text());
    });
  }
}
