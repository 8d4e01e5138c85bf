/** What does the app consist of? The one composition root: the server, the scripts and the tests call it. */
import type { Logger } from 'pino';
import type { Database } from './database/connection.ts';
import { createSessionRecords } from './database/sessions.ts';
import { createThrottleRecords } from './database/throttle.ts';
import { createUsers } from './database/users.ts';
import { createThrottle, type Throttle } from './protection/throttle.ts';
import { createLifecycle, type Lifecycle } from './session/lifecycle.ts';
import { SessionStore } from './session/store.ts';
import { type Accounts, createAccounts, type Users } from './users/accounts.ts';

/** What routes and scripts work with; each takes what it names. */
export interface Services {
  database: Database;
  users: Users;
  store: SessionStore;
  throttle: Throttle;
  accounts: Accounts;
  lifecycle: Lifecycle;
  /** Deletes what has expired, for databases that do not do it themselves. Safe to run on several instances. */
  removeExpired(): Promise<void>;
  /** The app's clock: milliseconds since 1970. */
  now: () => number;
  log: Logger;
}

/** @param records others than the database's, for tests that look at them */
export function createServices(
  { database, now, log }: Pick<Services, 'database' | 'now' | 'log'>,
  records = createRecords(database),
): Services {
  const { sessions, users } = records;
  const store = new SessionStore(sessions, now, log);
  const throttle = createThrottle(records.throttle, now, log);
  return {
    database,
    users,
    store,
    throttle,
    accounts: createAccounts(users, throttle, log),
    lifecycle: createLifecycle(store, users.findById, now, log),
    removeExpired: async () => {
      await Promise.all([sessions.removeExpired(now()), records.throttle.removeExpired(now())]);
    },
    now,
    log,
  };
}

export type Records = ReturnType<typeof createRecords>;

/** What the database keeps. Your own tables go here. */
export function createRecords(database: Database) {
  return {
    sessions: createSessionRecords(database),
    users: createUsers(database),
    throttle: createThrottleRecords(database),
  };
}
