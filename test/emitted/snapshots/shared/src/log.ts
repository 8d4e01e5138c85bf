/**
 * The log: one JSON object a line. Events carry the names of OWASP's logging vocabulary. Sessions are named by their
 * handle; no line may hold a session id, a cookie or a password (ASVS 16.2.5).
 */
import { type DestinationStream, pino } from 'pino';

export type Log = Pick<ReturnType<typeof createLog>, 'info' | 'warn' | 'error'>;

/** The second line of defence: if a whole request is logged by mistake, its secrets are left out. */
const SECRETS = ['cookie', 'authorization', '["set-cookie"]', 'password', 'currentPassword', 'newPassword'];
const PARENTS = ['', '*.', '*.*.', 'req.headers.', 'res.headers.', 'headers.', 'request.headers.'];
const redact = PARENTS.flatMap((parent) =>
  SECRETS.map((name) => (name.startsWith('[') ? `${parent.slice(0, -1)}${name}` : `${parent}${name}`)),
);

export function createLog(destination?: DestinationStream) {
  return pino({ redact, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
