// For `node --import` in a server: tells what its process holds when it is asked, after a garbage collection.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const NANOSECONDS_PER_MS = 1e6;

/** Not while we collect: that is no delay of the server's. */
const RESOLUTION_MS = 10;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

process.on('message', (message) => {
  if (message !== 'sample') return;
  delay.disable();
  collectGarbage();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send({
    rss,
    heapUsed,
    external,
    resources: process.getActiveResourcesInfo(),
    // It counts from one look to the next.
    delayMs: [50, 99, 100].map((part) =>
      Math.max(0, delay.percentile(part) / NANOSECONDS_PER_MS - RESOLUTION_MS),
    ),
  });
  delay.reset();
  delay.enable();
});
