import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ENGINE_URL_VARIABLE } from '../src/engine.ts';
import { Build, freePort } from './support/build.ts';
import { EngineProxy } from './support/engine-proxy.ts';
import { isSignedIn, newPerson } from './support/people.ts';

describe.skipIf(inject('engineUrl') === null)('the server process', () => {
  let build: Build;
  beforeAll(() => {
    build = new Build(inject('engineUrl') ?? '');
  });
  afterAll(() => build.close());

  it('keeps its users signed in when it is killed and started again', async () => {
    const port = await freePort();
    const first = await build.serve(port);
    const browser = first.browser();
    expect((await browser.post('/api/auth/register', newPerson())).status).toBe(201);
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    const second = await build.serve(port);
    expect(await isSignedIn(browser)).toBe(true);
    second.process.kill('SIGKILL');
  });

  it('stops at SIGTERM: finishes what is under way, closes connections that are kept alive, exits with 0', async () => {
    const port = await freePort();
    const { process: server, browser, output } = await build.serve(port);
    const client = browser();
    const busy = client.post('/api/auth/register', newPerson()).then(
      ({ status }) => status,
      () => 'cut off',
    );
    await new Promise((wait) => setTimeout(wait, 30));
    const idle = connect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false });
    await once(idle, 'secureConnect');
    server.kill('SIGTERM');
    const [code] = await once(server, 'exit');
    expect(await busy).toBe(201);
    expect(code).toBe(0);
    expect(output()).toContain('sys_shutdown');
    idle.destroy();
  });

  it('survives the loss of connections that nobody was using', async () => {
    const port = await freePort();
    const proxy = await EngineProxy.before(inject('engineUrl') ?? '');
    const { process: server, browser } = await build.serve(port, { [ENGINE_URL_VARIABLE]: proxy.url });
    const client = browser();
    expect((await client.post('/api/auth/register', newPerson())).status).toBe(201);
    proxy.cut();
    await new Promise((wait) => setTimeout(wait, 300));
    expect(server.exitCode).toBeNull();
    await expect.poll(async () => (await client.get('/api/session')).status, { timeout: 10_000 }).toBe(200);
    server.kill('SIGKILL');
    await proxy.close();
  });

  it('offers no weak suite, and on the plain port nothing but the way to https', async () => {
    const [port, plain] = [await freePort(), await freePort()];
    const { process: server } = await build.serve(port, { HTTP_PORT: String(plain) });
    const weak = connect({
      ...{ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false },
      ...{ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' },
    });
    const [error] = await Promise.race([once(weak, 'error'), once(weak, 'secureConnect')]);
    expect(error).toBeInstanceOf(Error);
    const [answer] = await once(get({ port: plain, path: '/login', headers: { accept: 'text/html' } }), 'response');
    expect([answer.statusCode, answer.headers.location]).toEqual([308, `https://localhost:${port}/login`]);
    answer.destroy();
    server.kill('SIGKILL');
  });

  it('refuses to start with a bad configuration, says all that is wrong, and exits with 1', async () => {
    const environment = { ...build.environment(1), NODE_ENV: 'production', SESSION_SECRETS: 'dev-short' };
    const { code, output } = await build.run('src/server.js', [], environment);
    expect(code).toBe(1);
    for (const name of ['SESSION_SECRETS', 'TLS_CERT_FILE']) expect(output).toContain(name);
    expect(output).not.toMatch(/^\s+at /m);
  });

  it('writes no secret to its output', async () => {
    const { process: server, output } = await build.serve(await freePort());
    server.kill('SIGTERM');
    await once(server, 'exit');
    for (const secret of ['a secret of a test', 'BEGIN PRIVATE KEY']) expect(output()).not.toContain(secret);
  });
});
