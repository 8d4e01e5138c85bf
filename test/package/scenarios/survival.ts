import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { freePort } from '../../databases/free-port.ts';
import type { RunningServer } from '../../databases/server-process.ts';
import type { Project } from '../support/project.ts';
import { newcomer } from './sign-in.ts';

/** A crash of the server signs nobody out. */
export async function serverCrashes(project: Project, database: RunningServer): Promise<void> {
  const env = project.database(database.url);
  const first = await project.serve(env);
  const { curl } = await newcomer(project);
  expect(await first.end('SIGKILL')).toBe('SIGKILL');
  const second = await project.serve(env);
  expect(await curl.isSignedIn()).toBe(true);
  expect(await second.end('SIGTERM')).toBe(0);
}

/** The database dies under load: 503 and nothing else, no crash, and it goes on when the database is back. */
export async function databaseCrashes(project: Project, database: RunningServer): Promise<void> {
  const server = await project.serve(project.database(database.url));
  const { curl } = await newcomer(project);
  const load = startLoad(project, curl.cookie() ?? '');
  await expect.poll(() => load.count(200), { timeout: 30_000 }).toBeGreaterThan(50);
  await database.kill();
  await expect.poll(() => load.count(503), { timeout: 30_000 }).toBeGreaterThan(20);
  await database.restart();
  const before = load.count(200);
  await expect.poll(() => load.count(200), { timeout: 30_000 }).toBeGreaterThan(before + 50);
  expect(Object.keys(await load.stop()).sort()).toEqual(['200', '503']);
  expect(server.isRunning()).toBe(true);
  expect(await curl.isSignedIn()).toBe(true);
  expect(await server.end('SIGTERM')).toBe(0);
}

/** Two processes on one database share sessions, revocation and the throttle. */
export async function serversShare(project: Project, database: RunningServer): Promise<void> {
  const port = await freePort();
  const env = project.database(database.url);
  const servers = [await project.serve(env), await project.serve({ ...env, PORT: String(port) })];
  const { curl, email } = await newcomer(project);
  expect(await curl.isSignedIn(port)).toBe(true);

  const elsewhere = project.person();
  expect((await elsewhere.logIn(email, port)).status).toBe(200);
  expect(await elsewhere.isSignedIn()).toBe(true);
  expect((await elsewhere.delete('/api/sessions', port)).body).toEqual({ terminated: 1 });
  expect(await curl.isSignedIn()).toBe(false);

  const guess = { email, password: 'a wrong guess at the password' };
  const guesses = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? port : undefined));
  const stranger = project.person(); // a known browser has points of its own too
  const statuses: number[] = [];
  for (const at of guesses) statuses.push((await stranger.post('/api/auth/login', guess, at)).status);
  expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
  expect(await elsewhere.isSignedIn()).toBe(true);
  for (const server of servers) expect(await server.end('SIGTERM')).toBe(0);
}

/** A client that never stops sending on its connection does not keep the server from stopping, and loses no answer. */
export async function serverStops(project: Project, database: RunningServer): Promise<void> {
  const server = await project.serve(project.database(database.url));
  const { curl } = await newcomer(project);
  const load = startLoad(project, curl.cookie() ?? '', 1);
  await expect.poll(() => load.count(200), { timeout: 30_000 }).toBeGreaterThan(20);
  const exit = server.end('SIGTERM');
  expect(await exit).toBe(0);
  const { 200: answered, ECONNREFUSED, ...others } = await load.stop();
  expect(answered).toBeGreaterThan(20);
  // Between two requests a connection that closes may be noticed only by the next one, which was not begun.
  expect(Object.keys(others).filter((kind) => kind !== 'ECONNRESET')).toEqual([]);
}

// --- internal ---

/** Requests of a signed-in client, one after the other on each connection, counted by status or error code. */
function startLoad(project: Project, cookie: string, connections = 8) {
  const counts: Record<string, number> = {};
  const agent = new Agent({
    ca: readFileSync(join(project.directory, 'certs', 'ca.pem')),
    keepAlive: true,
    maxSockets: connections,
  });
  const stopped = new AbortController();
  const send = (): Promise<string> =>
    new Promise((done) => {
      request(`${project.origin}/api/session`, { agent, family: 4, headers: { cookie } }, (response) => {
        response.resume().once('end', () => done(String(response.statusCode)));
        response.once('error', () => done('cut off'));
      })
        .once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
        .end();
    });
  const client = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const kind = await send();
      counts[kind] = (counts[kind] ?? 0) + 1;
      await sleep(2);
    }
  };
  const clients = Array.from({ length: connections }, client);
  return {
    count: (kind: number): number => counts[kind] ?? 0,
    async stop(): Promise<Record<string, number>> {
      stopped.abort();
      await Promise.all(clients);
      agent.destroy();
      return counts;
    },
  };
}
