/**
 * What would it cost to let Redis acknowledge an ended session only when a replica has it too? `WAIT 1 50` behind each
 * write, on one server with one replica, and on one whose replica is gone. The app has one connection for everything,
 * and WAIT holds up whatever is behind it there.
 */
import { createClient } from 'redis';
import { median, table } from '../bench/support/numbers.ts';
import { startRedis } from '../databases/redis.ts';
import { startReplica } from '../databases/redis-replicas.ts';
import { portOf } from './proxy.ts';

type Client = ReturnType<typeof createClient>;

const RUNS = 5;
const WRITES = 500;
/** With the replica gone each write takes 50 ms. */
const FEW_WRITES = 20;
const AT_ONCE = 16;
const WAIT = ['WAIT', '1', '50'];

/** @returns a table of milliseconds */
export async function waitCost(): Promise<string> {
  const master = await startRedis();
  const replica = await startReplica(portOf(master.url));
  const client: Client = createClient({ url: master.url });
  client.on('error', () => {});
  await client.connect();
  try {
    const alone = await compare((isWaiting) => writesInTurn(client, isWaiting, WRITES));
    const together = await compare((isWaiting) => writesAtOnce(client, isWaiting, WRITES));
    await replica.stop();
    const without = await compare((isWaiting) => writesInTurn(client, isWaiting, FEW_WRITES));
    const heading = ['milliseconds for each write', 'as it is', 'with WAIT 1 50', 'ratio'];
    const rows: [string, number[]][] = [
      ['one after the other', alone],
      [`${AT_ONCE} at once on one connection`, together],
      ['one after the other, the replica is gone', without],
    ];
    return table([heading, ...rows.map(([name, times]) => row(name, times))]);
  } finally {
    client.destroy();
    await replica.stop();
    await master.stop();
  }
}

// --- internal ---

function row(name: string, [plain = 0, waiting = 0]: readonly number[]): string[] {
  return [name, plain.toFixed(3), waiting.toFixed(3), `${(waiting / plain).toFixed(1)} ×`];
}

/** Both in turn, so that whatever else the machine does meets both. @returns the medians without WAIT and with it */
async function compare(measure: (isWaiting: boolean) => Promise<number>): Promise<number[]> {
  const times: Record<'plain' | 'waiting', number[]> = { plain: [], waiting: [] };
  await measure(false); // the first one warms up
  for (let run = 0; run < RUNS; run += 1) {
    times.plain.push(await measure(false));
    times.waiting.push(await measure(true));
  }
  return [median(times.plain), median(times.waiting)];
}

/** Both commands leave in one packet, as they would from one script of the app. */
function write(client: Client, isWaiting: boolean): Promise<unknown> {
  const written = client.hSet('session:key', 'content', 'x'.repeat(300));
  return isWaiting ? Promise.all([written, client.sendCommand(WAIT)]) : written;
}

async function writesInTurn(client: Client, isWaiting: boolean, count: number): Promise<number> {
  const begin = performance.now();
  for (let done = 0; done < count; done += 1) await write(client, isWaiting);
  return (performance.now() - begin) / count;
}

/** @returns how long each takes, with so many others under way */
async function writesAtOnce(client: Client, isWaiting: boolean, count: number): Promise<number> {
  let sum = 0;
  const writer = async () => {
    for (let done = 0; done < count / AT_ONCE; done += 1) {
      const begin = performance.now();
      await write(client, isWaiting);
      sum += performance.now() - begin;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, writer));
  return sum / count;
}
