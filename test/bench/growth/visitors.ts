/** Mixed load: what people, and those who are up to no good, do with an app all day. */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

const PASSWORD = 'a horse reads by candle light';
const SIGNED_IN_REQUESTS = 20;
const TOO_LARGE = JSON.stringify({ text: 'x'.repeat(64 * 1024) });

/** How often each thing was done, and each answer that was not as expected. */
export interface Done {
  counts: Map<string, number>;
  surprises: string[];
}

/**
 * One visitor after the other, each from another address, so that no throttle stops them, until the time is over.
 * @param pauseMs between two requests of a visitor
 */
export async function visit(port: number, until: number, pauseMs: number, first: number, done: Done) {
  for (let number = first; Date.now() < until; number += 1) await visitOnce(port, pauseMs, number, done);
}

/** @param number at most 2²⁴: it becomes the visitor's loopback address */
async function visitOnce(port: number, pauseMs: number, number: number, done: Done): Promise<void> {
  const localAddress = `127.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress, rejectUnauthorized: false });
  const cookies = new Map<string, string>();
  const email = `${randomBytes(8).toString('hex')}@example.com`;
  const does = async (
    name: string,
    expected: number,
    method: string,
    path: string,
    body?: object | string,
  ) => {
    await sleep(pauseMs);
    const status = await send({ port, agent, cookies, method, path, body }).catch(
      (error: Error) => error.message,
    );
    done.counts.set(name, (done.counts.get(name) ?? 0) + 1);
    if (status !== expected) done.surprises.push(`${name}: ${status}`);
  };
  const credentials = { email, password: PASSWORD };
  await does('cart of a visitor', 200, 'PUT', '/api/cart', { items: [{ sku: 'tea', quantity: 1 }] });
  await does('registration', 201, 'POST', '/api/auth/register', credentials);
  for (let i = 0; i < SIGNED_IN_REQUESTS; i += 1) await does('signed-in GET', 200, 'GET', '/api/sessions');
  await does('logout', 204, 'POST', '/api/auth/logout');
  await does('wrong password', 401, 'POST', '/api/auth/login', { email, password: `not ${PASSWORD}` });
  await does('sign-in', 200, 'POST', '/api/auth/login', credentials);
  await does('unknown path', 404, 'GET', `/nothing/${number}`);
  await does('unknown path under /api', 404, 'GET', `/api/nothing/${number}`);
  await does('malformed body', 400, 'POST', '/api/auth/login', '{');
  await does('too large a body', 413, 'POST', '/api/auth/login', TOO_LARGE);
  agent.destroy();
}

interface Sent {
  port: number;
  agent: Agent;
  cookies: Map<string, string>;
  method: string;
  path: string;
  body?: object | string | undefined;
}

/** @returns the status */
function send({ port, agent, cookies, method, path, body }: Sent): Promise<number | undefined> {
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  const headers = {
    Origin: `https://localhost:${port}`,
    Cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
    ...(text !== undefined && {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
    }),
  };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, agent, method, path, headers }, (response) => {
      for (const line of response.headers['set-cookie'] ?? []) {
        const [name = '', value = ''] = line.split(';', 1)[0]?.split(/=(.*)/s) ?? [];
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      response.resume().once('close', () => resolve(response.statusCode));
    });
    sent.once('error', reject).end(text);
  });
}
