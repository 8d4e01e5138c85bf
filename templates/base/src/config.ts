/**
 * The configuration: the only reader of the environment. Every problem is listed at once, there are no default
 * secrets, and production refuses whatever is fit for development only.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ENGINE_URL_VARIABLE, engineUrlProblem } from './engine.ts';
import type { TrustProxy } from './protection/plain-http.ts';
import { readTls, type Tls } from './tls.ts';
import { parseTrustProxy } from './trust-proxy.ts';

/** What the app itself needs; the rest is the process's. */
export interface AppConfig {
  production: boolean;
  /** Exact origins, such as `https://app.example`. The first one is where redirects lead. */
  origins: string[];
  /** The first signs session cookies, all verify them. */
  secrets: string[];
  trustProxy: TrustProxy;
  publicDirectory: string;
}

export interface Config extends AppConfig {
  host: string;
  port: number;
  /** Null: no listener for plain HTTP. */
  httpPort: number | null;
  /** Null: a trusted proxy speaks TLS for this process. */
  tls: Tls | null;
  engineUrl: string;
}

/** Its message has one line per problem, each naming the variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Where `npm run dev` notes the address of the engine it started, for the scripts that run beside it. */
export const DEVELOPMENT_ENGINE_FILE = '.data/engine-url';

const MIN_SECRET_BYTES = 32;

type Environment = Record<string, string | undefined>;

/** @throws ConfigError */
export function readConfig(environment: Environment = process.env): Config {
  const problems: string[] = [];
  const take = <T>(name: string, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      problems.push(`${name} ${error instanceof Error ? error.message : error}`);
      return undefined as T; // Never returned to anybody: a problem ends in ConfigError.
    }
  };
  const production = isProduction(environment);
  const { HOST, PORT, HTTP_PORT, APP_ORIGINS, SESSION_SECRETS, TRUST_PROXY, TLS_CERT_FILE, TLS_KEY_FILE } =
    environment;
  const config: Config = {
    production,
    host: HOST || '127.0.0.1',
    port: take('PORT', () => parsePort(PORT || '3443')),
    httpPort: take('HTTP_PORT', () => (HTTP_PORT ? parsePort(HTTP_PORT) : null)),
    origins: take('APP_ORIGINS', () => parseOrigins(APP_ORIGINS)),
    secrets: take('SESSION_SECRETS', () => parseSecrets(SESSION_SECRETS, production)),
    trustProxy: take('TRUST_PROXY', () => parseTrustProxy(TRUST_PROXY)),
    tls: take('TLS_CERT_FILE', () =>
      readTls(TLS_CERT_FILE, TLS_KEY_FILE, {
        production,
        behindProxy: Boolean(TRUST_PROXY),
        now: new Date(),
      }),
    ),
    engineUrl: take(ENGINE_URL_VARIABLE, () => readEngineUrl(environment)),
    publicDirectory: resolve('public'),
  };
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return config;
}

/**
 * Where the engine is: the variable, or in development what `npm run dev` started.
 * @throws Error for a missing address, and in production for one without verified TLS
 */
export function readEngineUrl(environment: Environment = process.env): string {
  const url = environment[ENGINE_URL_VARIABLE];
  if (!isProduction(environment)) return url || readDevelopmentUrl();
  if (!url) throw new Error('is not set');
  const problem = URL.canParse(url) ? engineUrlProblem(url) : 'is not an address';
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
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new Error(`must be from 1 to 65535, not "${text}"`);
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
