import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { STOP_DEADLINE_MS } from '../src/security-policy.ts';
import { stoppable } from '../src/stop.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

let server: Server;
let stop: () => Promise<void>;
let socket: Socket;
afterEach(() => {
  vi.useRealTimers();
  socket.destroy();
  server.closeAllConnections();
  server.close();
});

/** A server, and one connection to it on which a request is under way. Its answer is the test's to give. */
async function busyServer() {
  const requests: ServerResponse[] = [];
  const listener: RequestListener = (_request, response) => void requests.push(response);
  server = createServer(listener);
  stop = stoppable(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.write(REQUEST);
  await expect.poll(() => requests.length).toBe(1);
  return { requests, text: () => text };
}

/** Longer than a stop takes that waits for nothing. By the clock that tests leave alone. */
async function late(): Promise<'late'> {
  const end = performance.now() + 2000;
  while (performance.now() < end) await new Promise((wait) => setImmediate(wait));
  return 'late';
}

describe('a stop', () => {
  it('waits for a request that is under way', async () => {
    const { requests, text } = await busyServer();
    let isStopped = false;
    const stopped = stop().then(() => {
      isStopped = true;
    });
    await new Promise((wait) => setTimeout(wait, 200));
    expect(isStopped).toBe(false);
    requests[0]?.end('done');
    await stopped;
    await expect.poll(text).toContain('done');
  });

  it('does not wait for a connection that never asked for anything', async () => {
    const { requests } = await busyServer();
    const silent = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(silent, 'connect');
    requests[0]?.end();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }); // the deadline never comes
    const closed = Promise.all([stop(), once(silent, 'close')]).then(() => 'closed');
    expect(await Promise.race([closed, late()])).toBe('closed');
  });

  it('tells a client that goes on asking to leave', async () => {
    const { requests, text } = await busyServer();
    const stopped = stop();
    socket.write(REQUEST);
    requests[0]?.end('first');
    await expect.poll(() => requests.length).toBe(2);
    requests[1]?.end('second');
    await expect.poll(text).toContain('second');
    expect(text().split('first')[1]).toMatch(/^connection: close\r$/im);
    await stopped;
  });

  it('cuts off what is still under way when its time is over', async () => {
    await busyServer();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const stopped = stop();
    await vi.advanceTimersByTimeAsync(STOP_DEADLINE_MS - 1);
    expect(socket.destroyed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await Promise.race([stopped.then(() => 'stopped'), late()])).toBe('stopped');
  });
});
