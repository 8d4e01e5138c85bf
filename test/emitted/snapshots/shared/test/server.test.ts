/** Does the server process start, stop and share its work as it should? It runs compiled, as `npm start` runs it. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { describe, expect, inject } from 'vitest';
import { DATABASE_URL_VARIABLE } from '../src/database/connection.ts';
import { ACCOUNT_AND_ADDRESS_LIMIT, STOP_DEADLINE_MS } from '../src/security-policy.ts';
import { SECRET } from './support/app.ts';
import type { Browser } from './support/browser.ts';
import { isSignedIn, newPerson, PASSWORD } from './support/fixtures.ts';
import { freePort, it, type Processes, type RunningServer } from './support/process.ts';

const STOPPED = { timeout: STOP_DEADLINE_MS / 2 };

const statusAt = (browser: Browser, path: string) =>
  browser.get(path).then(
    ({ status }) => status,
    () => 'no answer',
  );

describe.skipIf(inject('databaseUrl') === null)('the server process', { timeout: 60_000 }, () => {
  it('keeps its users signed in when it is killed and started again', async ({ processes }) => {
    const first = await processes.serve();
    const browser = first.browser();
    expect((await browser.post('/api/auth/register', newPerson())).status).toBe(201);
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    await processes.serve({}, first.port);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('survives the loss of connections that nobody was using', async ({ proxy, processes }) => {
    const { process: server, browser } = await processes.serve({ [DATABASE_URL_VARIABLE]: proxy.url });
    expect(await statusAt(browser(), '/readyz')).toBe(200);
    proxy.cut();
    await expect.poll(() => statusAt(browser(), '/readyz'), { timeout: 10_000 }).toBe(200);
    server.kill('SIGTERM');
    await expect.poll(() => server.exitCode, STOPPED).toBe(0); // 1 after an error that nobody caught
  });

  it('offers no weak suite', async ({ processes }) => {
    const { port } = await processes.serve();
    const options = { port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false };
    const weak = connect({ ...options, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' });
    await expect(once(weak, 'secureConnect')).rejects.toThrow();
  });

  it('behind a proxy keeps connections longer than the proxy does, or it would close one that a request is on', async ({
    processes,
  }) => {
    const port = await freePort();
    await processes.serve({ TLS_CERT_FILE: '', TLS_KEY_FILE: '', TRUST_PROXY: '127.0.0.1' }, port);
    const [answer] = await once(get({ port, path: '/livez', headers: { connection: 'keep-alive' } }), 'response');
    expect(Number(/timeout=(\d+)/.exec(answer.headers['keep-alive'])?.[1])).toBeGreaterThan(60);
    answer.destroy();
  });

  it('refuses to start with a bad configuration, says all that is wrong, and exits with 1', async ({ processes }) => {
    const environment = { ...processes.environment(1), NODE_ENV: 'production', SESSION_SECRETS: 'dev-short' };
    const { code, output } = await processes.run('src/server.js', [], { environment });
    expect(code).toBe(1);
    for (const name of ['SESSION_SECRETS', 'TLS_CERT_FILE']) expect(output).toContain(name);
    expect(output).not.toMatch(/^\s+at /m);
  });

  describe('at SIGTERM', () => {
    /** A request that is under way: its head has arrived, which `100 Continue` says, and its body has not. */
    async function openHalfSent(server: RunningServer) {
      const head = ['POST /api/auth/logout HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
      const text = [...head, 'Content-Length: 2', 'Expect: 100-continue', '', ''].join('\r\n');
      const connection = await server.browser().open(text);
      await expect.poll(connection.received).toContain('100 Continue');
      return connection;
    }

    async function terminate({ process: server, output }: RunningServer, signal: NodeJS.Signals = 'SIGTERM') {
      server.kill(signal);
      await expect.poll(output).toContain('sys_shutdown');
    }

    it('finishes what is under way, tells who goes on asking to leave, and exits with 0', async ({ processes }) => {
      const server = await processes.serve();
      const { socket, received } = await openHalfSent(server);
      const other = await openHalfSent(server);
      await terminate(server);
      other.socket.write('{}');
      await expect.poll(() => other.socket.closed).toBe(true); // by a sweep, which spares what is under way
      socket.write('{}GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await expect.poll(received).toMatch(/HTTP\/1.1 204 .*HTTP\/1.1 200 .*"ok"/s);
      expect(received().split('HTTP/1.1 200 ')[1]).toMatch(/^connection: close\r$/im);
      await expect.poll(() => server.process.exitCode, STOPPED).toBe(0);
    });

    it('does not wait for connections that are kept open and ask for nothing', async ({ processes }) => {
      const server = await processes.serve();
      const silent = await server.browser().open();
      expect(await statusAt(server.browser(), '/livez')).toBe(200); // the browser keeps its connection
      await terminate(server, 'SIGINT'); // Ctrl-C stops it like SIGTERM
      await expect.poll(() => [server.process.exitCode, silent.socket.closed], STOPPED).toEqual([0, true]);
    });

    it('cuts off after its deadline what is still under way, upgraded connections too', async ({ processes }) => {
      // The app has no WebSocket, so this adds one. The deadline comes when the test says so.
      const file = join(processes.folder, 'preload.mjs');
      writeFileSync(
        file,
        `import { Server } from 'node:net';
        const { listen } = Server.prototype;
        Server.prototype.listen = function (...args) {
          const answer = 'HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: test\\r\\n\\r\\n';
          return listen.apply(this.on('upgrade', (_request, socket) => socket.write(answer)), args);
        };
        const { setTimeout } = globalThis;
        globalThis.setTimeout = (work, ms, ...rest) => {
          if (ms === ${STOP_DEADLINE_MS}) process.once('SIGUSR2', work);
          return setTimeout(work, ms, ...rest);
        };`,
      );
      const server = await processes.serve({ NODE_OPTIONS: `--import=${pathToFileURL(file)}` });
      const request = 'GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n';
      const upgraded = await server.browser().open(request);
      await expect.poll(upgraded.received).toContain('101 Switching');
      const held = await openHalfSent(server);
      const sockets = [upgraded.socket, held.socket];
      await terminate(server);
      expect(sockets.map(({ closed }) => closed)).toEqual([false, false]);
      server.process.kill('SIGUSR2');
      await expect
        .poll(() => [server.process.exitCode, ...sockets.map(({ closed }) => closed)], STOPPED)
        .toEqual([0, true, true]);
    });
  });

  describe('as two instances on one database', () => {
    let started: Promise<[RunningServer, RunningServer]> | undefined;
    function instances(processes: Processes): Promise<[RunningServer, RunningServer]> {
      const environment = { TRUST_PROXY: '127.0.0.1' }; // browsers name their address as a proxy would
      started ??= Promise.all([processes.serve(environment), processes.serve(environment)]);
      return started;
    }

    /** Somebody who is signed in, in one browser at the first and in another at the second. */
    async function signedInAtBoth(processes: Processes) {
      const [one, two] = await instances(processes);
      const person = newPerson();
      const [first, second] = [one.browser(), two.browser()];
      expect((await first.post('/api/auth/register', person)).status).toBe(201);
      expect((await second.post('/api/auth/login', person)).status).toBe(200);
      const firstAtTwo = first.at(second.origin);
      return { first, second, firstAtTwo };
    }

    it('shares sessions and what ends them', async ({ processes }) => {
      const { first, second, firstAtTwo } = await signedInAtBoth(processes);
      expect(await isSignedIn(firstAtTwo)).toBe(true);
      expect((await first.delete('/api/sessions')).body).toEqual({ terminated: 1 });
      expect(await isSignedIn(second)).toBe(false);
      const thief = await first.copy();
      await firstAtTwo.post('/api/auth/logout');
      expect(await isSignedIn(thief)).toBe(false);
    });

    it('shares what a password change ends', async ({ processes }) => {
      const { first, second } = await signedInAtBoth(processes);
      const body = { currentPassword: PASSWORD, newPassword: `${PASSWORD} again` };
      expect((await first.post('/api/auth/password', body)).status).toBe(204);
      expect(await isSignedIn(second)).toBe(false);
    });

    it('shares the throttle', async ({ processes }) => {
      const [one, two] = await instances(processes);
      const browser = one.browser();
      const other = browser.at(two.browser().origin);
      const { email } = newPerson();
      const statuses: number[] = [];
      for (let attempt = 0; attempt <= ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1) {
        const asked = attempt % 2 ? browser : other;
        statuses.push((await asked.post('/api/auth/login', { email, password: PASSWORD })).status);
      }
      expect(statuses.indexOf(429)).toBe(ACCOUNT_AND_ADDRESS_LIMIT.points);
    });

    it('prints no secret', async ({ processes }) => {
      for (const { output } of await instances(processes)) {
        for (const secret of [SECRET, 'BEGIN PRIVATE KEY', PASSWORD]) expect(output()).not.toContain(secret);
      }
    });
  });
});
