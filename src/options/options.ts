import { resolve } from 'node:path';
import { choice, duration, file, type Kind, list, port, text, toggle } from './kinds.ts';
import type { PackageManager } from './package-manager.ts';
import { checkCookieName } from './values/cookie-names.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './values/durations.ts';
import { checkHostname } from './values/hostnames.ts';
import { checkProjectName } from './values/project-names.ts';
import { checkTrustedProxy } from './values/proxies.ts';

/** The complete set of option values for one run. Durations are milliseconds, paths absolute. */
export interface Answers {
  directory: string;
  framework: 'express' | 'fastify' | 'koa';
  store: 'postgres' | 'redis' | 'mongo';
  auth: 'password' | 'oidc';
  policy: 'standard' | 'strict' | 'relaxed';
  idleTimeout: number;
  absoluteTimeout: number;
  reauthWindow: number;
  cookieName: string;
  cookieLifetime: 'session' | 'absolute';
  sameSite: 'lax' | 'strict';
  tls: 'self-signed' | 'mkcert' | 'files' | 'proxy';
  tlsCert: string | null;
  tlsKey: string | null;
  trustProxy: string[];
  hostname: string[];
  port: number;
  httpPort: number | null;
  pages: boolean;
  packageManager: PackageManager;
  install: boolean;
  git: boolean;
  docker: boolean;
  ci: 'github' | null;
}

export type Known = Partial<Answers>;

/** What a default may depend on besides other answers. */
export interface Surroundings {
  cwd: string;
  packageManager: PackageManager;
}

export interface Option<Value> {
  flag: string;
  kind: Kind<NonNullable<Value>>;
  /** For --help and the README. */
  help: string;
  /** The question of the prompt. An option without one can only be set by its flag. */
  question?: string;
  /** Asked only when this holds for what is known so far. */
  isAskedWhen?(known: Known): boolean;
  /** One of the three clocks, which the prompts offer to change together. */
  isClock?: true;
  default(known: Known, around: Surroundings): Value;
  /** The reason for the default, shown as a hint in the prompt. */
  why: string;
}

/** The clocks of each policy, in the order idle, absolute, re-authentication window. */
const PRESETS = {
  standard: [30 * MINUTE_MS, 8 * HOUR_MS, 10 * MINUTE_MS],
  strict: [15 * MINUTE_MS, 8 * HOUR_MS, 5 * MINUTE_MS],
  relaxed: [24 * HOUR_MS, 30 * DAY_MS, 30 * MINUTE_MS],
} as const;

const preset = (known: Known) => PRESETS[known.policy ?? 'standard'];

/** THE option table, in the order of the questions. Prompts, flags, --help and the README's list derive from it. */
export const OPTIONS: { readonly [Name in keyof Answers]: Option<Answers[Name]> } = {
  directory: {
    flag: 'directory',
    kind: {
      placeholder: 'DIRECTORY',
      schema: { type: 'string' },
      read(path, cwd) {
        const directory = resolve(cwd, path);
        checkProjectName(directory);
        return directory;
      },
      show: (directory) => [directory],
    },
    help: 'the directory to create; its last part becomes the project name',
    question: 'Where should the project be created?',
    default: (_known, { cwd }) => resolve(cwd, 'secure-session-app'),
    why: 'a new folder; its name becomes the project name',
  },
  framework: {
    flag: 'framework',
    kind: choice(
      { value: 'express', label: 'Express 5', hint: 'with express-session' },
      { value: 'fastify', label: 'Fastify 5', hint: 'with @fastify/session' },
      { value: 'koa', label: 'Koa 3', hint: 'with its own session middleware' },
    ),
    help: 'the web framework',
    question: 'Which web framework?',
    default: () => 'express',
    why: 'the most widely known',
  },
  store: {
    flag: 'store',
    kind: choice(
      {
        value: 'postgres',
        label: 'PostgreSQL',
        hint: 'needs no server in development: an embedded one is included',
        aliases: ['pg', 'postgresql'],
      },
      { value: 'redis', label: 'Redis', hint: 'needs redis-server or Docker in development' },
      {
        value: 'mongo',
        label: 'MongoDB',
        hint: 'needs mongod or Docker in development',
        aliases: ['mongodb'],
      },
    ),
    help: 'the database that keeps sessions and users',
    question: 'Which database should keep sessions and users?',
    default: () => 'postgres',
    why: 'runs immediately: development uses an embedded database',
  },
  auth: {
    flag: 'auth',
    kind: choice(
      { value: 'password', label: 'Password', hint: 'kept here as argon2id hashes' },
      {
        value: 'oidc',
        label: 'OpenID Connect',
        hint: 'at Okta, Entra ID, Google, Keycloak, …; everybody with an account there gets one here, until you change mayJoin()',
      },
    ),
    help: 'how people sign in',
    question: 'How do people sign in?',
    default: () => 'password',
    why: 'needs no account anywhere else',
  },
  policy: {
    flag: 'policy',
    kind: choice(
      { value: 'standard', label: 'Standard', hint: 'ends after 30 min idle or 8 h in total; fits AAL2' },
      { value: 'strict', label: 'Strict', hint: 'ends after 15 min idle or 8 h in total; fits AAL3' },
      { value: 'relaxed', label: 'Relaxed', hint: 'ends after 24 h idle or 30 d in total; AAL1 only' },
    ),
    help: 'how long sessions last: a preset for the three durations below',
    question: 'How long should a session last?',
    default: () => 'standard',
    why: 'time-outs that fit NIST SP 800-63B AAL2',
  },
  idleTimeout: {
    flag: 'idle-timeout',
    kind: duration,
    isClock: true,
    help: 'end a session that has been idle for this long',
    question: 'End an idle session after how long?',
    default: (known) => preset(known)[0],
    why: 'from the policy; an unattended browser is signed out',
  },
  absoluteTimeout: {
    flag: 'absolute-timeout',
    kind: duration,
    isClock: true,
    help: 'end a session this long after sign-in, even if it is in use',
    question: 'End every session how long after sign-in?',
    default: (known) => preset(known)[1],
    why: 'from the policy; limits how long a stolen session is useful',
  },
  reauthWindow: {
    flag: 'reauth-window',
    kind: duration,
    isClock: true,
    help: 'sensitive actions require a sign-in or re-authentication within this time',
    question: 'Ask to sign in again before sensitive actions after how long?',
    default: (known) => preset(known)[2],
    why: 'from the policy; long enough for one task',
  },
  cookieName: {
    flag: 'cookie-name',
    kind: text('NAME', checkCookieName),
    help: 'the name of the session cookie; needs a prefix that browsers enforce',
    question: 'What should the session cookie be called?',
    default: () => '__Host-id',
    why: '__Host- stops other hosts and plain HTTP from setting it; "id" reveals nothing',
  },
  cookieLifetime: {
    flag: 'cookie-lifetime',
    kind: choice(
      { value: 'session', label: 'Until the browser closes', hint: 'leaves nothing on disk' },
      { value: 'absolute', label: 'Until the session ends', hint: 'survives closing the browser' },
    ),
    help: 'whether browsers delete the cookie when they close or keep it until the absolute time-out',
    question: 'How long should the browser keep the cookie?',
    default: ({ policy }) => (policy === 'relaxed' ? 'absolute' : 'session'),
    why: 'leaves nothing on a shared machine; the relaxed policy keeps the cookie',
  },
  sameSite: {
    flag: 'same-site',
    kind: choice(
      { value: 'lax', label: 'Lax', hint: 'users stay signed in when they follow a link from another site' },
      {
        value: 'strict',
        label: 'Strict',
        hint: 'users appear signed out when they follow a link from another site',
      },
    ),
    help: 'whether browsers send the cookie when another site links here',
    question: 'Which SameSite value should the cookie have?',
    default: () => 'lax',
    why: 'links from mail and chat work; a cross-site check protects every change anyway',
  },
  tls: {
    flag: 'tls',
    kind: choice(
      {
        value: 'self-signed',
        label: 'Self-signed',
        hint: 'creates a development CA and certificate now',
      },
      {
        value: 'mkcert',
        label: 'mkcert',
        hint: 'a certificate from your mkcert, which your browsers may already trust',
      },
      { value: 'files', label: 'Own files', hint: 'a certificate and key that you already have' },
      { value: 'proxy', label: 'Behind a proxy', hint: 'a proxy terminates TLS in production' },
    ),
    help: 'how HTTPS is set up',
    question: 'How should HTTPS be set up?',
    isAskedWhen: (known) => !known.tlsCert && !known.tlsKey && !known.trustProxy?.length,
    default: (known) =>
      known.tlsCert || known.tlsKey ? 'files' : known.trustProxy?.length ? 'proxy' : 'self-signed',
    why: 'works immediately; production refuses the development certificate',
  },
  tlsCert: {
    flag: 'tls-cert',
    kind: file,
    help: 'the certificate (PEM, with its chain); implies --tls files',
    question: 'Which file contains the certificate (PEM)?',
    isAskedWhen: ({ tls }) => tls === 'files',
    default: () => null,
    why: 'the file stays where it is; .env gets its path',
  },
  tlsKey: {
    flag: 'tls-key',
    kind: file,
    help: 'the private key of the certificate (PEM, not encrypted); implies --tls files',
    question: 'Which file contains its private key (PEM)?',
    isAskedWhen: ({ tls }) => tls === 'files',
    default: () => null,
    why: 'the file stays where it is; .env gets its path',
  },
  trustProxy: {
    flag: 'trust-proxy',
    kind: list('CIDR|HOPS', checkTrustedProxy),
    help: 'addresses the proxy connects from, or how many proxies there are; implies --tls proxy; repeatable',
    question: 'From which addresses does the proxy connect (CIDR), or how many proxies are there?',
    isAskedWhen: ({ tls }) => tls === 'proxy',
    default: () => [],
    why: 'only these may report the address and scheme of a client',
  },
  hostname: {
    flag: 'hostname',
    kind: list('NAME', checkHostname),
    help: 'an additional name or address for the development certificate; repeatable',
    default: () => [],
    why: 'localhost and the project name are always included',
  },
  port: {
    flag: 'port',
    kind: port,
    help: 'the HTTPS port in development',
    default: () => 3443,
    why: 'needs no privileges, and 3000 is often in use',
  },
  httpPort: {
    flag: 'http-port',
    kind: port,
    help: 'also listen for plain HTTP on this port, only to redirect to HTTPS',
    default: () => null,
    why: 'off: a closed port cannot be attacked',
  },
  pages: {
    flag: 'pages',
    kind: toggle,
    help: 'include pages for sign-in and account; without them the project is only an API',
    question: 'Include pages for sign-in and account?',
    default: () => true,
    why: 'something to try in a browser; they only call the API',
  },
  packageManager: {
    flag: 'package-manager',
    kind: choice(
      { value: 'npm', label: 'npm', hint: 'comes with Node' },
      { value: 'pnpm', label: 'pnpm', hint: '' },
      { value: 'yarn', label: 'yarn', hint: 'the Dockerfile and the workflow use yarn 1' },
      { value: 'bun', label: 'bun', hint: 'only to install; the project runs on Node' },
    ),
    help: 'the package manager that installs the dependencies',
    question: 'Which package manager?',
    default: (_known, { packageManager }) => packageManager,
    why: 'the one that started this command',
  },
  install: {
    flag: 'install',
    kind: toggle,
    help: 'install the dependencies',
    question: 'Install the dependencies now?',
    default: () => true,
    why: 'so that the project is ready to run',
  },
  git: {
    flag: 'git',
    kind: toggle,
    help: 'create a git repository with a first commit; never inside another work tree',
    question: 'Create a git repository with a first commit?',
    default: () => true,
    why: 'separates your changes from the generated files; .env and keys are ignored',
  },
  docker: {
    flag: 'docker',
    kind: toggle,
    help: 'add a Dockerfile: small, non-root, production dependencies only',
    default: () => false,
    why: 'off: not everyone ships an image',
  },
  ci: {
    flag: 'ci',
    kind: choice({ value: 'github', label: 'GitHub Actions', hint: '' }),
    help: 'add a workflow that checks and tests against a real database',
    default: () => null,
    why: 'off: not everyone uses GitHub',
  },
};

export type OptionName = keyof Answers;

/** The rows with their names, for code that treats all of them alike. */
export const OPTION_ROWS = Object.entries(OPTIONS) as unknown as readonly (readonly [
  OptionName,
  Option<unknown>,
])[];
