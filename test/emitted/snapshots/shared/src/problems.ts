/** Every error a client can be told of: its code, status and words. Details go to the log, never to the client. */
const PROBLEMS = {
  invalid_input: [400, 'The request holds values that are not allowed.'],
  invalid_json: [400, 'The body is not valid JSON.'],
  https_required: [400, 'Use https.'],
  unauthenticated: [401, 'Sign in first.'],
  invalid_credentials: [401, 'The e-mail address or the password is wrong.'],
  cross_site: [403, 'This request came from another site.'],
  reauthentication_required: [403, 'Give your password again.'],
  not_found: [404, 'There is nothing here.'],
  email_taken: [409, 'This e-mail address is registered already.'],
  too_large: [413, 'The body is too large.'],
  unsupported_media_type: [415, 'Send application/json.'],
  too_many_attempts: [429, 'Too many attempts. Wait before the next one.'],
  internal: [500, 'Something went wrong.'],
  unavailable: [503, 'The service cannot answer right now.'],
  busy: [503, 'The service is busy. Try again.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

export class Problem extends Error {
  override name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly headers: Record<string, string>;

  /** @param retryAfterMs when to try again, told as whole seconds in Retry-After (RFC 9110 section 10.2.3) */
  constructor(code: ProblemCode, { detail, retryAfterMs }: { detail?: string; retryAfterMs?: number } = {}) {
    super(detail ?? PROBLEMS[code][1]);
    this.code = code;
    this.status = PROBLEMS[code][0];
    this.headers = retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) };
  }

  get body(): { error: { code: ProblemCode; message: string } } {
    return { error: { code: this.code, message: this.message } };
  }
}
