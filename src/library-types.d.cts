/**
 * The answers as JSON, as `--config` reads them. Missing keys get their defaults. Durations are strings with a unit
 * (`30m`). `answersSchema()` describes each key.
 */
export interface AnswersDocument {
  directory?: string;
  framework?: 'express' | 'fastify' | 'koa';
  store?: 'postgres' | 'redis' | 'mongo';
  auth?: 'password' | 'oidc';
  policy?: 'standard' | 'strict' | 'relaxed';
  idleTimeout?: string;
  absoluteTimeout?: string;
  reauthWindow?: string;
  cookieName?: string;
  cookieLifetime?: 'session' | 'absolute';
  sameSite?: 'lax' | 'strict';
  tls?: 'self-signed' | 'mkcert' | 'files' | 'proxy';
  tlsCert?: string | null;
  tlsKey?: string | null;
  trustProxy?: readonly string[];
  hostname?: readonly string[];
  port?: number;
  httpPort?: number | null;
  pages?: boolean;
  packageManager?: 'npm' | 'pnpm' | 'yarn' | 'bun';
  install?: boolean;
  git?: boolean;
  docker?: boolean;
  ci?: 'github' | null;
}

export interface PlannedFile {
  /** With slashes, relative to the project directory. */
  path: string;
  contents: string;
  /** POSIX permissions. */
  mode: number;
}

export interface LibraryPlan {
  /** All answers, including defaults. */
  answers: AnswersDocument;
  /** Sorted by path, the manifest last. Without `.env` and certificates, which are new for each project. */
  files: readonly PlannedFile[];
  /** The command that creates the same files. */
  command: string;
}

export interface PlanOptions {
  /** The base of relative paths in the answers. Default: the current directory. */
  cwd?: string;
}

/**
 * Returns the files of a project, exactly as the command line plans them. Writes nothing. The same answers give the
 * same bytes.
 *
 * @throws an Error with `code` and `details` when the answers are not valid
 * @example
 * const { files } = await plan({ directory: 'my-app', store: 'redis' });
 */
export function plan(answers?: AnswersDocument, options?: PlanOptions): Promise<LibraryPlan>;

/** The JSON Schema of the answers. */
export function answersSchema(): object;
