import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installed } from '../bench/support/cache.ts';
import { freePort } from '../databases/free-port.ts';
import { succeed } from '../package/support/commands.ts';

/** A registry on loopback that has our package, and everything else from where npm gets it on this machine. */
export interface Registry {
  url: string;
  stop(): Promise<void>;
}

// One of its dependencies is named by a tag that mirrors of the registry may lack.
const VERDACCIO = { dependencies: { verdaccio: '6.8.0' }, overrides: { 'node-fetch': '^2.7.0' } };
const STARTS_WITHIN_MS = 60_000;

export async function startRegistry(folder: string, tarball: string): Promise<Registry> {
  const packages = await installed('verdaccio', VERDACCIO);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const upstream =
    (await succeed('npm', ['config', 'get', 'registry'], folder)).trim().split('\n').at(-1) ?? '';
  writeFileSync(join(folder, 'config.yaml'), configuration(folder, upstream));
  const program = join(packages, 'node_modules/verdaccio/bin/verdaccio');
  const listen = `127.0.0.1:${port}`;
  const child = spawn(
    process.execPath,
    [program, '--config', join(folder, 'config.yaml'), '--listen', listen],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  try {
    await answers(url, child);
    await publish(url, folder, tarball);
  } catch (error) {
    await end(child);
    throw error;
  }
  return { url, stop: () => end(child) };
}

/** A user who never used npm: no cache, no settings but the registry. */
export function newcomer(registry: Registry, folder: string): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  const settings = join(folder, 'npmrc');
  writeFileSync(settings, '');
  return {
    HOME: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_DATA_HOME: join(folder, 'data'),
    npm_config_cache: join(folder, 'npm-cache'),
    npm_config_userconfig: settings,
    npm_config_registry: registry.url,
    npm_config_update_notifier: 'false',
  };
}

// --- internal ---

/** As JSON, which is YAML too. */
function configuration(folder: string, upstream: string): string {
  return JSON.stringify({
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks: { upstream: { url: upstream, timeout: '60s', maxage: '1h' } },
    packages: {
      'create-secure-session-app': { access: '$all', publish: '$authenticated' },
      '**': { access: '$all', proxy: 'upstream' },
    },
    log: { type: 'stdout', level: 'fatal' },
    max_body_size: '10mb',
  });
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + STARTS_WITHIN_MS; Date.now() < deadline; ) {
    if (child.exitCode !== null) throw new Error(`the registry ended with ${child.exitCode}`);
    const response = await fetch(`${url}-/ping`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(100);
  }
  throw new Error('the registry did not start');
}

async function publish(url: string, folder: string, tarball: string): Promise<void> {
  const user = { name: 'publisher', password: 'only for this run' };
  const response = await fetch(`${url}-/user/org.couchdb.user:${user.name}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(user),
  });
  const { token } = (await response.json()) as { token: string };
  const settings = join(folder, 'publisher.npmrc');
  writeFileSync(settings, `registry=${url}\n${url.replace('http:', '')}:_authToken=${token}\n`);
  await succeed('npm', ['publish', tarball, '--userconfig', settings, '--registry', url], folder);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const tooLong = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(tooLong);
}
