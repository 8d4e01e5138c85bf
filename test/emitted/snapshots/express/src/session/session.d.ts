/** What Express requests carry: the session's content, and the user that guards.ts found for it. */
import type { User } from '../users/user.ts';
import type { SessionContent } from './content.ts';

declare module 'express-session' {
  interface SessionData extends Partial<SessionContent> {}
}

declare global {
  namespace Express {
    interface Request {
      user?: User | null;
    }
  }
}
