/**
 * The app once more, on a port of its own and a clock that its parent moves; only `npm run attack` starts it. A running
 * server cannot be told that half an hour has passed, but a second instance on the same engine can.
 * Called with: the longest time, in milliseconds, by which each call to the engine is held up.
 */
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { connectEngine, type Engine } from '../../src/engine.ts';
import { createLog } from '../../src/log.ts';
import { createBuckets } from '../../src/protection/buckets.ts';
import { createSessionRecords } from '../../src/session/records.ts';
import { TLS_OPTIONS } from '../../src/tls.ts';
import { createUsers } from '../../src/users/users.ts';

/** From the parent: how far the clock is ahead. */
export interface ClockMessage {
  aheadMs: number;
}

/** To the parent: ready, at this address; or the clock is moved. */
export interface InstanceMessage {
  origin: string;
}

const [slownessMs = '0'] = process.argv.slice(2);
let aheadMs = 0;

let listener: RequestListener = (_request, response) => response.destroy();
const { tls } = readConfig();
if (!tls) throw new Error('attacks come by https, and this project has no certificate of its own');
const server = createServer({ ...TLS_OPTIONS, ...tls }, (request, response) => listener(request, response));
server.listen(0, '127.0.0.1', start);

async function start(): Promise<void> {
  const [origin = ''] = readConfig().origins;
  const here = Object.assign(new URL(origin), { port: (server.address() as AddressInfo).port }).origin;
  const config = readConfig({ ...process.env, APP_ORIGINS: here });
  const log = createLog({ write: () => {} });
  const engine = connectEngine(config.engineUrl, log);
  const run: Engine['run'] = async (name, work) => {
    await sleep(Math.random() * Number(slownessMs));
    return engine.run(name, work);
  };
  listener = await createApp({
    config,
    records: createSessionRecords({ run }),
    users: createUsers({ run }),
    buckets: createBuckets({ run }),
    ping: () => engine.ping(),
    now: () => Date.now() + aheadMs,
    log,
  });
  const answer: InstanceMessage = { origin: here };
  process.on('message', (message: ClockMessage) => {
    ({ aheadMs } = message);
    process.send?.(answer);
  });
  process.once('disconnect', () => process.exit());
  process.send?.(answer);
}
