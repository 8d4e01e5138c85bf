/** Does the listener for plain HTTP do nothing but lead people to https? */
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { describe, expect, inject, onTestFinished } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { redirectToHttps } from '../src/protection/redirect.ts';
import { freePort, it } from './support/process.ts';

const ORIGIN = 'https://app.example';

describe('the listener for plain HTTP', () => {
  /** One request to it, by itself or in the running server. */
  async function ask(method: string, path: string, headers: http.OutgoingHttpHeaders, port?: number) {
    const outgoing = http.request({ port: port ?? (await listen()), host: '127.0.0.1', method, path, headers }).end();
    const [incoming]: http.IncomingMessage[] = await once(outgoing, 'response');
    onTestFinished(() => void incoming?.destroy());
    return incoming;
  }

  async function listen(): Promise<number> {
    const server = http.createServer(redirectToHttps(ORIGIN)).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  it.for([
    ['/account?tab=1', `${ORIGIN}/account?tab=1`],
    ['//evil.example/x', `${ORIGIN}/evil.example/x`],
    ['/\\evil.example', `${ORIGIN}/evil.example`],
    ['http://evil.example/x', `${ORIGIN}/`],
  ] as const)('sends a page view of %s to the configured origin, whatever Host says', async ([path, location]) => {
    const answer = await ask('GET', path, { accept: 'text/html', host: 'evil.example' });
    expect(answer).toMatchObject({ statusCode: 308, headers: { location, connection: 'close' } });
    expect(answer?.headers['set-cookie']).toBeUndefined();
  });

  it.for([
    ['POST', 'text/html'],
    ['GET', 'application/json'],
    ['GET', '*/*'],
  ] as const)('refuses %s of %s, so that no script goes on sending passwords in clear', async ([method, accept]) => {
    const answer = await ask(method, '/api/session', { accept });
    const headers = { 'content-type': 'application/json', connection: 'close' };
    expect(answer).toMatchObject({ statusCode: 400, headers });
    expect(answer && (await json(answer))).toMatchObject({ error: { code: 'https_required' } });
  });

  it.skipIf(inject('databaseUrl') === null)('is all that the server has on that port', async ({ processes }) => {
    const plain = await freePort();
    const { port } = await processes.serve({ HTTP_PORT: String(plain) });
    const page = await ask('GET', '/login', { accept: 'text/html' }, plain);
    expect(page).toMatchObject({ statusCode: 308, headers: { location: `https://localhost:${port}/login` } });
    expect((await ask('GET', '/api/session', {}, plain))?.statusCode).toBe(400);
  });

  it('runs only where a port is given', ({ processes }) => {
    const read = (HTTP_PORT: string) => readConfig({ ...processes.environment(1), HTTP_PORT }).httpPort;
    expect([read(''), read('8080')]).toEqual([null, 8080]);
    expect(() => read('-1')).toThrow(ConfigError);
  });
});
