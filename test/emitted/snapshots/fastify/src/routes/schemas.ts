/**
 * Fastify writes answers by these schemas: what is not named here never leaves the app, whatever a handler returns.
 * Requests have none: inputs.ts decides what they may hold, and the same rule in two places would drift apart.
 */
const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const user = { type: 'object', properties: { id: text, email: text } };
const clocks = { createdAt: time, idleExpiresAt: time, absoluteExpiresAt: time, reauthenticatedUntil: time };
const listed = { id: text, createdAt: time, lastSeenAt: time, userAgent: text, ip: text, current: { type: 'boolean' } };

export const USER_ANSWER = answer({ type: 'object', properties: { user } });

export const SESSION_ANSWER = answer({
  type: 'object',
  properties: { authenticated: { type: 'boolean' }, user, ...clocks },
});

export const SESSIONS_ANSWER = answer({ type: 'array', items: { type: 'object', properties: listed } });

function answer(body: object) {
  return { schema: { response: { '2xx': body } } };
}
