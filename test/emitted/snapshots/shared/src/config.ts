/**
 * The configuration: the only reader of the environment. Every problem is listed at once, there are no default
 * secrets, and production refuses whatever is fit for development only.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ENGINE_URL_VARIABLE, engineUrlProblem } from './engine.ts';
import { readTls } from './tls.ts';
import { parseTrustProxy } from './trust-proxy.ts';

/** Its message has one line per problem, each naming the variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Where `npm run dev` notes the address of the engine it started, for the scripts that run beside it. */
export const DEVELOPMENT_ENGINE_FILE = '.data/engine-url';

const MIN_SECRET_BYTES = 32;

type Environment = Record<string, string | undefined>;

/** @throws ConfigError */
export function readConfig(environment: Environment = process.env) {
  const problems: string[] = [];
  const take = <T>(name: string, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      problems.push(`${name} ${error instanceof Error ? error.message : error}`);
      return undefined as T; // Never returned to anybody: a problem ends in ConfigError.
    }
  };
  const env = environment;
  const production = isProduction(env);
  const config = {
    production,
    host: env.HOST || '127.0.0.1',
    port: take('PORT', () => parsePort(env.PORT || '3443')),
    /** Null: no listener for plain HTTP. */
    httpPort: take('HTTP_PORT', () => (env.HTTP_PORT ? parsePort(env.HTTP_PORT) : null)),
    /** Exact origins, such as `https://app.example`. The first one is where redirects lead. */
    origins: take('APP_ORIGINS', () => parseOrigins(env.APP_ORIGINS)),
    /** The first signs session cookies, all verify them. */
    secrets: take('SESSION_SECRETS', () => parseSecrets(env.SESSION_SECRETS, production)),
    trustProxy: take('TRUST_PROXY', () => parseTrustProxy(env.TRUST_PROXY)),
    /** Null: a trusted proxy speaks TLS for this process. */
    tls: take('TLS_CERT_FILE', () => readTls(env, production)),
    engineUrl: take(ENGINE_URL_VARIABLE, () => readEngineUrl(env)),
    publicDirectory: resolve('public'),
  };
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return config;
}

/** What the app itself needs; the rest is the process's. */
export type AppConfig = Pick<
  ReturnType<typeof readConfig>,
  'production' | 'origins' | 'secrets' | 'trustProxy' | 'publicDirectory'
>;

/**
 * Where the engine is: the variable, or in development what `npm run dev` started.
 * @throws Error for a missing address, and in production for one without verified TLS
 */
export function readEngineUrl(environment: Environment = process.env): string {
  const url = environment[ENGINE_URL_VARIABLE];
  if (!isProduction(environment)) return url || readDevelopmentUrl();
  if (!url) throw new Error('is not set');
  const problem = engineUrlProblem(url);
  if (problem && environment.ALLOW_UNVERIFIED_ENGINE !== 'true') {
    throw new Error(`${problem} (ALLOW_UNVERIFIED_ENGINE=true accepts it)`);
  }
  return url;
}

function readDevelopmentUrl(): string {
  try {
    return readFileSync(DEVELOPMENT_ENGINE_FILE, 'utf8').trim();
  } catch {
    throw new Error('is not set, and `npm run dev`, which would run an engine, is not running');
  }
}

function isProduction({ NODE_ENV = '' }: Environment): boolean {
  if (!['', 'development', 'test', 'production'].includes(NODE_ENV)) {
    throw new ConfigError(`NODE_ENV must be development, test or production, not "${NODE_ENV}"`);
  }
  return NODE_ENV === 'production';
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new Error(`must be from 1 to 65535, not "${text}"`);
  return port;
}

function parseOrigins(text = ''): string[] {
  const origins = listed(text);
  if (origins.length === 0) throw new Error('is not set');
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin || !origin.startsWith('https:')) {
      throw new Error(`must hold origins such as https://app.example, not "${origin}"`);
    }
  }
  return origins;
}

function parseSecrets(text = '', production: boolean): string[] {
  const secrets = listed(text);
  if (secrets.length === 0) throw new Error('is not set');
  if (secrets.some((secret) => Buffer.byteLength(secret) < MIN_SECRET_BYTES)) {
    throw new Error(`holds a secret of less than ${MIN_SECRET_BYTES} bytes`);
  }
  if (production && secrets.some((secret) => secret.startsWith('dev-'))) {
    throw new Error('holds a secret made for development (dev-…)');
  }
  return secrets;
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}
