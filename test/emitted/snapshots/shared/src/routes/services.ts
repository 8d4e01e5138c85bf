import type { Throttle } from '../protection/login-throttle.ts';
import type { Guards } from '../session/guards.ts';
import type { Lifecycle } from '../session/lifecycle.ts';
import type { SessionStore } from '../session/store.ts';
import type { Accounts } from '../users/accounts.ts';
import type { User, Users } from '../users/user.ts';

/** What routes work with; each names what it takes. */
export interface Services {
  accounts: Accounts;
  users: Users;
  guards: Guards<User>;
  lifecycle: Lifecycle;
  store: SessionStore;
  throttle: Throttle;
}
