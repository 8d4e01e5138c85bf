// For `node --import` in every server: takes a CPU profile from one message to the next, without the start of the process.
import { Session } from 'node:inspector/promises';

const session = new Session();

process.on('message', async (message) => {
  if (message === 'profile') {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 500 });
    await session.post('Profiler.start');
    process.send('profiling');
  }
  if (message === 'profiled') {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    process.send(profile);
  }
});
