/**
 * What can fail, and what can a client be told then? A code, a status and a sentence; the details go to the log. A
 * database that does not answer in time is an outage and a 503; a mistake, such as an unknown column, is a 500.
 */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Log } from './log.ts';
import { DATABASE_DEADLINE_MS } from './security-policy.ts';

const ERRORS = {
  invalid_input: [400, 'The request contains invalid values.'],
  invalid_json: [400, 'The body is not valid JSON.'],
  https_required: [400, 'Use https.'],
  unauthenticated: [401, 'Sign in first.'],
  invalid_credentials: [401, 'Wrong email address or password.'],
  cross_site: [403, 'This request came from another site.'],
  reauthentication_required: [403, 'Confirm your password.'],
  not_found: [404, 'Not found.'],
  email_taken: [409, 'This email address is already registered.'],
  too_large: [413, 'The body is too large.'],
  unsupported_media_type: [415, 'Send application/json.'],
  too_many_attempts: [429, 'Too many attempts.'],
  internal: [500, 'Something went wrong.'],
  unavailable: [503, 'The service is temporarily unavailable.'],
  busy: [503, 'The service is busy.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type ErrorCode = keyof typeof ERRORS;

/** An error that a client may see. Its message is sent as it is. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly headers: Record<string, string>;

  /** @param retryAfterMs when to try again; sent as whole seconds in Retry-After (RFC 9110 section 10.2.3) */
  constructor(code: ErrorCode, { detail, retryAfterMs }: { detail?: string; retryAfterMs?: number } = {}) {
    super(detail ?? ERRORS[code][1]);
    this.code = code;
    this.status = ERRORS[code][0];
    this.headers = {
      ...(retryAfterMs !== undefined && { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) }),
      ...(code === 'too_large' && { Connection: 'close' }), // more of the body may be on its way
    };
  }

  get body(): { error: { code: ErrorCode; message: string } } {
    return { error: { code: this.code, message: this.message } };
  }
}

/** The database did not answer: down, frozen, cut off, full, or without its schema. Clients get a 503. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable';
  readonly call: string;

  /** @param call the name of the call, such as `sessions.read` */
  constructor(call: string, cause: unknown) {
    super(`the database did not answer ${call}`, { cause });
    this.call = call;
  }
}

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

/** The error to answer with. An unknown error is a 500 without details, so that nothing leaks. */
export function toApiError(error: unknown, log: Log): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof DatabaseUnavailable) {
    log.error({ event: 'sys_database_unavailable', call: error.call, err: error.cause }, error.message);
    return new ApiError('unavailable');
  }
  log.error({ event: 'sys_error', err: error }, 'a request failed');
  return new ApiError('internal');
}

/**
 * For people: browsers that load a document. Everybody else gets JSON.
 * @param directory where `404.html` and `500.html` are
 * @returns the page for this status; null for clients that want JSON, other statuses, and when the file is missing
 */
export async function errorPage(request: IncomingMessage, status: number, directory: string): Promise<Buffer | null> {
  const name = status === 404 ? '404.html' : status >= 500 ? '500.html' : null;
  if (!name || !wantsPage(request)) return null;
  return readFile(join(directory, name)).catch(() => null);
}

function wantsPage({ method = '', url = '', headers }: IncomingMessage): boolean {
  if (!['GET', 'HEAD'].includes(method) || /^\/api(?:[/?]|$)/.test(url)) return false;
  const destination = headers['sec-fetch-dest'];
  if (destination !== undefined) return destination === 'document';
  return String(headers.accept).includes('text/html');
}
