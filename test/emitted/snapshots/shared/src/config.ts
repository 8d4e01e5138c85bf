/**
 * What is configured? The only reader of the environment. It reports every problem at once, has no default secrets, and
 * refuses in production whatever is safe in development only.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { DATABASE_URL_VARIABLE, databaseUrlProblem } from './database/connection.ts';
import { parseTrustProxy, readTls } from './protection/https.ts';

/** Its message has one line per problem, each beginning with the variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Where `npm run dev` notes the address of the database it started, for scripts that run beside it. */
export const DEVELOPMENT_DATABASE_FILE = '.data/database-url';

const MIN_SECRET_BYTES = 32;

type Environment = Record<string, string | undefined>;

export type Config = ReturnType<typeof readConfig>;

/** What the app itself needs; the rest is the server's. */
export type AppConfig = Pick<Config, 'production' | 'origins' | 'secrets' | 'trustProxy' | 'publicDirectory'>;

/** @throws ConfigError */
export function readConfig(environment: Environment = process.env) {
  const env = withoutEmpty(environment);
  const production = isProduction(env);
  const schema = z.object({
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    HOST: text('127.0.0.1', (host) => {
      if (production || isLoopback(host) || env.ALLOW_PUBLIC_DEVELOPMENT === 'true') return host;
      throw new Error(`${host} lets others reach a development server (ALLOW_PUBLIC_DEVELOPMENT=true accepts it)`);
    }),
    PORT: port.default(3443),
    APP_ORIGINS: text('', (list) => listed(list).map(parseOrigin)),
    SESSION_SECRETS: text('', (list) => listed(list).map((secret) => parseSecret(secret, production))),
    TRUST_PROXY: text('', parseTrustProxy),
    TLS_CERT_FILE: text('', (file) => {
      if (!file && !env.TLS_KEY_FILE && env.TRUST_PROXY) return null;
      if (file && env.TLS_KEY_FILE) return readTls(file, env.TLS_KEY_FILE, production);
      throw new Error('and TLS_KEY_FILE are needed, or TRUST_PROXY where a proxy terminates TLS');
    }),
    NODE_TLS_REJECT_UNAUTHORIZED: text('', (value) => {
      if (production && value === '0') throw new Error('turns off the verification of certificates');
    }),
    [DATABASE_URL_VARIABLE]: databaseUrl(env, production),
  });
  const values = check(schema, env);
  return {
    production,
    logLevel: values.LOG_LEVEL,
    host: values.HOST,
    port: values.PORT,
    /** Exact origins, such as `https://app.example`. */
    origins: values.APP_ORIGINS,
    /** The first signs session cookies, all verify them, so that a secret can be replaced without signing anybody out. */
    secrets: values.SESSION_SECRETS,
    trustProxy: values.TRUST_PROXY,
    /** Null: a trusted proxy terminates TLS. */
    tls: values.TLS_CERT_FILE,
    databaseUrl: values[DATABASE_URL_VARIABLE],
    publicDirectory: resolve('public'),
  };
}

/** For scripts: the database's address and nothing else. @throws ConfigError */
export function readDatabaseUrl(environment: Environment = process.env): string {
  const env = withoutEmpty(environment);
  const name = DATABASE_URL_VARIABLE;
  return check(z.object({ [name]: databaseUrl(env, isProduction(env)) }), env)[name] ?? '';
}

const port = z.string().regex(/^\d+$/, 'must be a number').transform(Number).pipe(z.number().min(1).max(65_535));

/** The variable, or in development the database that `npm run dev` started. Production needs verified TLS. */
function databaseUrl(env: Environment, production: boolean) {
  return text('', (given) => {
    const url = given || (production ? '' : readDevelopmentUrl());
    if (!url) throw new Error('is not set');
    const problem = databaseUrlProblem(url);
    if (production && problem && env.ALLOW_UNVERIFIED_DATABASE !== 'true') {
      throw new Error(`${problem} (ALLOW_UNVERIFIED_DATABASE=true accepts it)`);
    }
    return url;
  });
}

function readDevelopmentUrl(): string {
  try {
    return readFileSync(DEVELOPMENT_DATABASE_FILE, 'utf8').trim();
  } catch {
    throw new Error('is not set, and `npm run dev`, which starts a database, is not running');
  }
}

/** A variable and its default. What `read` throws becomes the problem. */
function text<T>(fallback: string, read: (text: string) => T) {
  const schema = z.string().trim().default(fallback);
  return schema.transform((value, context): T => {
    try {
      return read(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  });
}

function check<T>(schema: z.ZodType<T>, env: Environment): T {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('\n'));
}

function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

function isProduction({ NODE_ENV = 'development' }: Environment): boolean {
  if (!['development', 'test', 'production'].includes(NODE_ENV)) {
    throw new ConfigError(`NODE_ENV must be development, test or production, not "${NODE_ENV}"`);
  }
  return NODE_ENV === 'production';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback');
}

function parseOrigin(origin: string): string {
  if (URL.canParse(origin) && new URL(origin).origin === origin && origin.startsWith('https:')) return origin;
  throw new Error(`must list origins such as https://app.example, not "${origin}"`);
}

function parseSecret(secret: string, production: boolean): string {
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    throw new Error(`has a secret of less than ${MIN_SECRET_BYTES} bytes`);
  }
  if (production && secret.startsWith('dev-')) throw new Error('has a secret made for development (dev-…)');
  return secret;
}

/** @throws Error when there is nothing in the list */
function listed(text: string): string[] {
  const items = text.split(/\s*,\s*/).filter(Boolean);
  if (items.length === 0) throw new Error('is not set');
  return items;
}
