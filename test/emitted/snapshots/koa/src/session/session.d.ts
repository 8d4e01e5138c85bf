/** What Koa requests carry: the session, the user that guards.ts found for it, and the body that was read. */
import type { User } from '../users/user.ts';
import type { SessionContent } from './content.ts';
import type { SessionStore } from './store.ts';

interface RequestSession {
  id: string;
  content: SessionContent;
  /** The client does not know the id yet: the answer carries the cookie. */
  isNew: boolean;
}

declare module 'koa' {
  /** Under /api, where middleware.ts has run. */
  interface ExtendableContext {
    /** Null for a visitor without one. */
    session: RequestSession | null;
    sessionStore: SessionStore;
  }

  interface DefaultState {
    user?: User | null;
  }

  interface Request {
    body?: unknown;
  }
}

declare module 'co-body' {
  interface Options {
    onProtoPoisoning?: 'error' | 'remove' | 'ignore';
  }
}
