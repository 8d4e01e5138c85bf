/** What Fastify requests carry: the session's content, and the user that guards.ts found for it. */
import type { User } from '../users/user.ts';
import type { SessionContent } from './content.ts';

declare module 'fastify' {
  interface Session {
    /** In one property, as @fastify/session copies properties and store.ts marks the object itself. */
    content?: SessionContent;
  }

  interface FastifyRequest {
    user: User | null;
  }
}
