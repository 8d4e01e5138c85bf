import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Server } from './servers.ts';

export interface Measured {
  requestsPerSecond: number;
  /** CPU time of the server for one request: other programs on the machine disturb it less than the rate. */
  cpuMicroseconds: number;
  callsPerRequest: number;
}

const CONNECTIONS = '8';
const LOADER = ['--import', resolve('test/bench/support/typescript.mjs')];
const CLIENT = resolve('test/bench/sessions/client.ts');

/** Puts the server under load for so long, as a signed-in user. */
export async function load(server: Server, cookie: string, milliseconds: number): Promise<Measured> {
  const before = await server.spent();
  const args = [...LOADER, CLIENT, String(server.port), cookie, CONNECTIONS, String(milliseconds)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: milliseconds + 60_000 });
  const after = await server.spent();
  const requestsPerSecond = Number(stdout);
  const requests = (requestsPerSecond * milliseconds) / 1000;
  return {
    requestsPerSecond,
    cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / requests,
    callsPerRequest: (after.calls - before.calls) / requests,
  };
}

/** Registers somebody. @returns the cookies of a session, as a Cookie header has them */
export function signIn({ port }: Server): Promise<string> {
  const email = `${randomBytes(8).toString('hex')}@example.com`;
  const body = JSON.stringify({ email, password: 'a horse reads by candle light' });
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    Origin: `https://localhost:${port}`,
  };
  const options = { method: 'POST', headers, rejectUnauthorized: false, agent: false };
  return new Promise((done, fail) => {
    const sent = request(`https://localhost:${port}/api/auth/register`, options, (response) => {
      const cookies = (response.headers['set-cookie'] ?? []).map((text) => text.split(';', 1)[0]);
      response.resume();
      if (response.statusCode === 201 && cookies.length > 0) done(cookies.join('; '));
      else fail(new Error(`registering ended with ${response.statusCode}`));
    });
    sent.once('error', fail).end(body);
  });
}
