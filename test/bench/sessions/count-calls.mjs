// For `node --import` in both servers: counts what a process sends to its database, where the driver hands it over, and
// tells that and its CPU time when it is asked.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
let calls = 0;

/** Talk of the driver itself, in the background and at connecting. */
const OWN_TALK = ['hello', 'ismaster', 'isMaster', 'ping', 'endSessions', 'saslStart', 'saslContinue'];

const HANDED_OVER = {
  postgres: () => [require('pg').Client.prototype, 'query'],
  redis: () => [require('@redis/client').RedisClient?.prototype ?? redisPrototype(), 'sendCommand'],
  mongo: () => [require('mongodb/lib/cmap/connection.js').Connection.prototype, 'command', mongoCounts],
};

function redisPrototype() {
  return require('@redis/client/dist/lib/client/index.js').default.prototype;
}

const mongoCounts = (_namespace, command) => !OWN_TALK.some((name) => name in command);

const [prototype, name, counts = () => true] = HANDED_OVER[process.env.BENCH_STORE]();
const original = prototype[name];
prototype[name] = function handOver(...args) {
  if (counts(...args)) calls += 1;
  return original.apply(this, args);
};

process.on('message', (message) => {
  if (message !== 'spent') return;
  const { user, system } = process.cpuUsage();
  process.send({ calls, cpuMicroseconds: user + system });
});
process.channel?.unref();
