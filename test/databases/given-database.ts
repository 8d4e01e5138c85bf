import type { RunningServer } from './server-process.ts';

/**
 * A database whose URL stands in the environment variable, used instead of one of ours, or undefined. Says so, without
 * the URL: it may hold a password.
 */
export function givenUrl(variable: string): string | undefined {
  const url = process.env[variable];
  if (url) console.log(`databases: using the server that ${variable} names`);
  return url || undefined;
}

/** The database as tests see it. `stop` clears away what they left. */
export function givenDatabase(variable: string, url: string, stop: () => Promise<void>): RunningServer {
  const refuse = async (): Promise<never> => {
    throw new Error(`${variable} names a server that the tests did not start, so they do not stop it`);
  };
  return { url, ours: false, stop, kill: refuse, restart: refuse, freeze: refuse, thaw: refuse };
}
