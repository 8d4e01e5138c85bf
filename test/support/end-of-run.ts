/** Calls before this process ends from outside or by itself. Vitest ends its workers by SIGTERM, which is no `exit`. */
export function atEndOfRun(work: () => void): void {
  process.once('exit', work);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      work();
      process.kill(process.pid, signal);
    });
  }
}
