import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { put } from './tls.ts';

/** Opens a page; resolves to its text, or to the network error that the browser names. */
export interface Visit {
  (url: string): Promise<string>;
  close(): Promise<void>;
}

/** Debian's Chromium with an empty profile, every host on 127.0.0.1, and `caPem` trusted in the NSS store of its HOME. */
export async function browserTrusting(caPem: string): Promise<Visit> {
  const home = mkdtempSync(join(tmpdir(), 'chromium-home-'));
  addToNssStore(join(home, '.pki', 'nssdb'), put('browser-ca.pem', caPem));
  const context = await chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: '/usr/bin/chromium',
    headless: true,
    env: { ...process.env, HOME: home, XDG_DATA_HOME: '', XDG_CONFIG_HOME: '' },
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'].concat(
      '--disable-background-networking',
      '--no-proxy-server',
      '--host-resolver-rules=MAP * 127.0.0.1',
    ),
  });
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
  const close = async (): Promise<void> => {
    await context.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  return Object.assign(visit, { close });
}

function addToNssStore(database: string, caFile: string): void {
  mkdirSync(database, { recursive: true });
  for (const args of [
    ['-N', '--empty-password'],
    ['-A', '-t', 'C,,', '-n', 'development-ca', '-i', caFile],
  ]) {
    const { status, stderr } = spawnSync('certutil', ['-d', `sql:${database}`, ...args], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`certutil ${args[0]} failed: ${stderr}`);
  }
}
