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
  /** What it is, for --help and the README. */
  help: string;
  /** The question of the prompt; without one it can only be set by its flag. */
  question?: string;
  /** Asked only when this holds for what is known so far. */
  isAskedWhen?(known: Known): boolean;
  /** One of the three clocks, which a prompt offers to change together. */
  isClock?: true;
  default(known: Known, around: Surroundings): Value;
  /** Why the default is what it is: the hint of the prompt. */
  why: string;
}

/** The clocks of each policy, in the order idle, absolute, re-authentication window. */
const PRESETS = {
  standard: [30 * MINUTE_MS, 8 * HOUR_MS, 10 * MINUTE_MS],
  strict: [15 * MINUTE_MS, 8 * HOUR_MS, 5 * MINUTE_MS],
  relaxed: [24 * HOUR_MS, 30 * DAY_MS, 30 * MINUTE_MS],
} as const;

const preset = (known: Known) => PRESETS[known.policy ?? 'standard'];

/** THE option table, in the order a person thinks. Prompts, flags, --help and the README's list derive from it. */
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
    help: 'where the project goes; its last part is the name of the project',
    question: 'Where should the project go?',
    default: (_known, { cwd }) => resolve(cwd, 'secure-session-app'),
    why: 'a new folder; its name becomes the name of the project',
  },
  framework: {
    flag: 'framework',
    kind: choice(
      { value: 'express', label: 'Express 5', hint: 'with express-session' },
      { value: 'fastify', label: 'Fastify 5', hint: 'with @fastify/session' },
      { value: 'koa', label: 'Koa 3', hint: 'with a session middleware of its own' },
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
        hint: 'development needs no server: an embedded one is included',
        aliases: ['pg', 'postgresql'],
      },
      { value: 'redis', label: 'Redis', hint: 'development needs redis-server or Docker' },
      { value: 'mongo', label: 'MongoDB', hint: 'development needs mongod or Docker', aliases: ['mongodb'] },
    ),
    help: 'the database that keeps sessions and users',
    question: 'Where should sessions and users be kept?',
    default: () => 'postgres',
    why: 'runs at once, with an embedded database in development',
  },
  policy: {
    flag: 'policy',
    kind: choice(
      { value: 'standard', label: 'Standard', hint: 'ends after 30 min idle, 8 h in all; fits AAL2' },
      { value: 'strict', label: 'Strict', hint: 'ends after 15 min idle, 8 h in all; fits AAL3' },
      { value: 'relaxed', label: 'Relaxed', hint: 'ends after 24 h idle, 30 d in all; AAL1 only' },
    ),
    help: 'how long sessions last: the preset of the three times below',
    question: 'How long should a session last?',
    default: () => 'standard',
    why: 'time-outs that fit NIST SP 800-63B AAL2',
  },
  idleTimeout: {
    flag: 'idle-timeout',
    kind: duration,
    isClock: true,
    help: 'a session nobody uses for this long ends',
    question: 'End a session that nobody used for how long?',
    default: (known) => preset(known)[0],
    why: 'from the policy; an unattended browser is signed out',
  },
  absoluteTimeout: {
    flag: 'absolute-timeout',
    kind: duration,
    isClock: true,
    help: 'a session ends this long after sign-in, used or not',
    question: 'End every session how long after sign-in?',
    default: (known) => preset(known)[1],
    why: 'from the policy; a stolen session has an end',
  },
  reauthWindow: {
    flag: 'reauth-window',
    kind: duration,
    isClock: true,
    help: 'dangerous actions need a password given within this time',
    question: 'Ask for the password again, before dangerous actions, after how long?',
    default: (known) => preset(known)[2],
    why: 'from the policy; long enough for one errand',
  },
  cookieName: {
    flag: 'cookie-name',
    kind: text('NAME', checkCookieName),
    help: 'the name of the session cookie, with a prefix that browsers enforce',
    question: 'What is the session cookie called?',
    default: () => '__Host-id',
    why: '__Host- stops other hosts and plain http from planting one; "id" tells nothing',
  },
  cookieLifetime: {
    flag: 'cookie-lifetime',
    kind: choice(
      { value: 'session', label: 'Until the browser closes', hint: 'leaves nothing on the disk' },
      { value: 'absolute', label: 'Until the session ends', hint: 'survives closing the browser' },
    ),
    help: 'whether the cookie goes with the browser or stays until the absolute time-out',
    question: 'How long does the browser keep the cookie?',
    default: ({ policy }) => (policy === 'relaxed' ? 'absolute' : 'session'),
    why: 'nothing is left behind on a shared machine; the relaxed policy keeps it',
  },
  sameSite: {
    flag: 'same-site',
    kind: choice(
      { value: 'lax', label: 'Lax', hint: 'links from other sites arrive signed in' },
      { value: 'strict', label: 'Strict', hint: 'links from other sites arrive signed out' },
    ),
    help: 'whether the cookie comes along when another site links here',
    question: 'SameSite of the cookie?',
    default: () => 'lax',
    why: 'links from mail and chat work; a cross-site check guards every change anyway',
  },
  tls: {
    flag: 'tls',
    kind: choice(
      {
        value: 'self-signed',
        label: 'Self-signed',
        hint: 'a development authority and certificate, made now',
      },
      {
        value: 'mkcert',
        label: 'mkcert',
        hint: 'a certificate by your own mkcert, which your browsers may trust already',
      },
      { value: 'files', label: 'Own files', hint: 'a certificate and key you have' },
      { value: 'proxy', label: 'Behind a proxy', hint: 'a proxy terminates TLS in production' },
    ),
    help: 'where HTTPS comes from',
    question: 'Where does HTTPS come from?',
    isAskedWhen: (known) => !known.tlsCert && !known.tlsKey && !known.trustProxy?.length,
    default: (known) =>
      known.tlsCert || known.tlsKey ? 'files' : known.trustProxy?.length ? 'proxy' : 'self-signed',
    why: 'works at once; production refuses the development certificate',
  },
  tlsCert: {
    flag: 'tls-cert',
    kind: file,
    help: 'the certificate (PEM, with its chain); implies --tls files',
    question: 'Which file holds the certificate (PEM)?',
    isAskedWhen: ({ tls }) => tls === 'files',
    default: () => null,
    why: 'stays where it is; the project is told its path',
  },
  tlsKey: {
    flag: 'tls-key',
    kind: file,
    help: 'the private key of the certificate (PEM, not encrypted); implies --tls files',
    question: 'Which file holds its private key (PEM)?',
    isAskedWhen: ({ tls }) => tls === 'files',
    default: () => null,
    why: 'stays where it is; the project is told its path',
  },
  trustProxy: {
    flag: 'trust-proxy',
    kind: list('CIDR|HOPS', checkTrustedProxy),
    help: 'addresses the proxy connects from, or how many proxies there are; implies --tls proxy; repeatable',
    question: 'From which addresses does the proxy connect (CIDR), or how many proxies are there?',
    isAskedWhen: ({ tls }) => tls === 'proxy',
    default: () => [],
    why: 'only these are believed about the address and scheme of a client',
  },
  hostname: {
    flag: 'hostname',
    kind: list('NAME', checkHostname),
    help: 'a further name or address the development certificate is for; repeatable',
    default: () => [],
    why: 'localhost and the name of the project are always in it',
  },
  port: {
    flag: 'port',
    kind: port,
    help: 'the port of HTTPS in development',
    default: () => 3443,
    why: 'needs no privilege, and 3000 is often taken',
  },
  httpPort: {
    flag: 'http-port',
    kind: port,
    help: 'also listen for plain http here, only to redirect to https',
    default: () => null,
    why: 'off: what is not listened to cannot be attacked',
  },
  pages: {
    flag: 'pages',
    kind: toggle,
    help: 'pages for sign-in and account; without them the project is an API only',
    question: 'Include pages for sign-in and account?',
    default: () => true,
    why: 'something to look at; they only call the API',
  },
  packageManager: {
    flag: 'package-manager',
    kind: choice(
      { value: 'npm', label: 'npm', hint: 'comes with Node' },
      { value: 'pnpm', label: 'pnpm', hint: '' },
      { value: 'yarn', label: 'yarn', hint: 'a Dockerfile and a workflow install with yarn 1' },
      { value: 'bun', label: 'bun', hint: 'to install; the project runs on Node' },
    ),
    help: 'what installs the dependencies',
    question: 'Which package manager?',
    default: (_known, { packageManager }) => packageManager,
    why: 'the one this was started with',
  },
  install: {
    flag: 'install',
    kind: toggle,
    help: 'install the dependencies',
    question: 'Install the dependencies now?',
    default: () => true,
    why: 'so that the project runs at once',
  },
  git: {
    flag: 'git',
    kind: toggle,
    help: 'make a git repository and a first commit; never inside another work tree',
    question: 'Make a git repository with a first commit?',
    default: () => true,
    why: 'so that your own changes can be told from the generated files; .env and keys are ignored',
  },
  docker: {
    flag: 'docker',
    kind: toggle,
    help: 'a Dockerfile: small, not root, production dependencies only',
    default: () => false,
    why: 'off: not everybody ships an image',
  },
  ci: {
    flag: 'ci',
    kind: choice({ value: 'github', label: 'GitHub Actions', hint: '' }),
    help: 'a workflow that checks and tests against a real database',
    default: () => null,
    why: 'off: not everybody is on GitHub',
  },
};

export type OptionName = keyof Answers;

/** The rows with their names, for those who treat all of them alike. */
export const OPTION_ROWS = Object.entries(OPTIONS) as unknown as readonly (readonly [
  OptionName,
  Option<unknown>,
])[];
