/**
 * How long may a call to the database take, and is its failure an outage or a mistake? An outage is a 503; a mistake,
 * such as an unknown column, is a 500 with its cause in the log.
 */
import { DatabaseUnavailable } from '../errors.ts';
import type { Log } from '../log.ts';
import { DATABASE_DEADLINE_MS } from '../security-policy.ts';

/** Wraps every call. The name says which, such as `sessions.read`: tests delay, fail and count calls here. */
export type Around = <T>(name: string, call: () => Promise<T>) => Promise<T>;

export interface ConnectOptions {
  log: Log;
  around?: Around;
}

/** `behind`: a migration of this version of the app is not applied yet. A newer schema is `current` (rolling deploys). */
export type SchemaState = 'current' | 'behind';

/**
 * @param isOutage tells the errors of a database that does not answer from those of a wrong statement
 * @returns runs one call, for at most DATABASE_DEADLINE_MS; throws DatabaseUnavailable after that and for an outage
 */
export function createCaller(isOutage: (error: unknown) => boolean, around: Around = (_name, call) => call()) {
  return <T>(name: string, work: () => Promise<T>): Promise<T> =>
    around(name, async () => {
      let timer: NodeJS.Timeout | undefined;
      const deadline = new Promise<never>((_, reject) => {
        const missed = () => new DatabaseUnavailable(name, new Error(`no answer in ${DATABASE_DEADLINE_MS} ms`));
        timer = setTimeout(() => reject(missed()), DATABASE_DEADLINE_MS);
      });
      try {
        const result: T = await Promise.race([work(), deadline]);
        return result;
      } catch (error) {
        if (error instanceof DatabaseUnavailable || !isOutage(error)) throw error;
        throw new DatabaseUnavailable(name, error);
      } finally {
        clearTimeout(timer);
      }
    });
}
