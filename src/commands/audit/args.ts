/** The arguments of `audit`, checked. Anything not understood is an error: ignoring it would grade something else. */
import { parseArgs } from 'node:util';
import { UserError } from '../../errors.ts';
import { parseDuration } from '../../options/values/durations.ts';
import { nearest } from '../../options/values/nearest.ts';
import type { World } from '../../world.ts';
import { CHECKS, LAST_CHECKS } from './checks/index.ts';
import { GRADES, type Grade } from './grade.ts';

/** Flag → what stands for its value in --help, and what it does. A switch has no value. */
export const FLAGS = {
  project: [
    'DIR',
    'a generated project, which needs no recipe (default: the current directory, if it is one)',
  ],
  recipe: ['FILE', 'how to sign in to any other app (its schema: --print-schema)'],
  'login-page': ['PATH', 'instead of a recipe: finds the login form in this page'],
  login: ['REQUEST', "instead of a recipe: 'POST /login', with --form or --body"],
  form: ['FIELDS', "the login's form: 'user=${USER}&password=${PASSWORD}'"],
  body: ['JSON', 'the login\'s body: \'{"email":"${USER}","password":"${PASSWORD}"}\''],
  whoami: ['REQUEST', "'GET /me': a request that users and visitors get different answers to"],
  'signed-in': [
    'RULE',
    "how to recognise a user: 'status 200' (default), 'json /user', 'json /ok=true', 'text Log out', 'redirect /home'",
  ],
  logout: ['REQUEST', "'POST /logout'"],
  protected: ['REQUEST', 'another request that only users may make; repeatable'],
  home: ['REQUEST', "a page for visitors (default: 'GET /')"],
  user: ['VALUE', 'a name, or env:, file: or prompt: (default: env:AUDIT_USER)'],
  password: ['VALUE', 'env:, file: or prompt: (default: env:AUDIT_PASSWORD)'],
  har: ['FILE', 'prints a recipe proposed from a browser recording, and exits'],
  only: ['IDS', 'only these checks: B6,B11'],
  timeouts: ['', 'also waits for idle and absolute time-outs'],
  wait: ['DURATION', 'at most this long for each of them (default: 15m)'],
  races: ['', 'allows many requests at once to another machine'],
  throttle: ['', 'allows password guessing on another machine'],
  'http-port': ['PORT', 'where the app answers plain http'],
  'i-may-test': ['HOST', 'allows a host outside this machine and private networks'],
  ca: ['FILE', 'the certificate authority (default: certs/ca.pem of the project)'],
  insecure: ['', 'does not verify the certificate'],
  'fail-under': ['GRADE', `the worst grade that exits 0 (default: A-): ${GRADES.join(', ')}`],
  baseline: ['FILE', 'an earlier --json document: only new findings count'],
  json: ['', 'one JSON document on standard output'],
  sarif: ['FILE', 'writes the findings as SARIF 2.1.0'],
  junit: ['FILE', 'writes the checks as JUnit XML'],
  html: ['FILE', 'writes the report as a page'],
  'print-schema': ['', "prints the recipe's JSON schema"],
  help: ['', 'prints this'],
} as const satisfies Record<string, readonly [string, string]>;

export type Flag = keyof typeof FLAGS;

export interface AuditArgs {
  url: string | undefined;
  /** Empty for a switch. */
  flags: ReadonlyMap<Flag, string>;
  protected: readonly string[];
  mayTest: readonly string[];
  only: readonly string[];
  waitMs: number;
  failUnder: Grade;
  httpPort: number | undefined;
}

/** @throws UserError that says which argument is wrong, and what is allowed */
export function readAuditArgs(argv: readonly string[]): AuditArgs {
  const flags = new Map<Flag, string>();
  const lists = { protected: [] as string[], 'i-may-test': [] as string[] };
  let url: string | undefined;
  for (const token of tokenize(argv)) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      if (url !== undefined) throw wrong(`"${token.value}" is a second address`, 'Audit one at a time.');
      url = token.value;
      continue;
    }
    const flag = findFlag(token.rawName === '-h' ? '--help' : token.rawName);
    const value = valueGiven(flag, token);
    if (flag === 'protected' || flag === 'i-may-test') lists[flag].push(value);
    else if (flags.has(flag) && flags.get(flag) !== value)
      throw wrong(`--${flag} is given twice`, 'Use it once.', flag);
    flags.set(flag, value);
  }
  return {
    url,
    flags,
    protected: lists.protected,
    mayTest: lists['i-may-test'],
    only: readOnly(flags.get('only')),
    waitMs: readWait(flags.get('wait') ?? '15m'),
    failUnder: readGrade(flags.get('fail-under') ?? 'A-'),
    httpPort: readPort(flags.get('http-port')),
  };
}

/**
 * `npm create … audit URL --only B6` without `--`: npm keeps the flag for itself, and another audit would run.
 * @throws UserError with the way that works
 */
export function refuseSwallowedAuditFlags(argv: readonly string[], env: World['env']): void {
  const swallowed = Object.keys(FLAGS).filter(
    (flag) =>
      !NPM_SETTINGS.includes(flag) &&
      !argv.some((word) => word.startsWith(`--${flag}`)) &&
      env[`npm_config_${flag.replaceAll('-', '_')}`] !== undefined,
  );
  if (swallowed.length === 0) return;
  const flags = swallowed.map((flag) => `--${flag}`).join(' ');
  throw new UserError('swallowed_flags', `npm consumed ${flags} and did not pass it on`, {
    fix: `Use npx: npx create-secure-session-app audit ${argv.join(' ')} ${flags} …`,
  });
}

// --- internal ---

/** Settings that people have in .npmrc. */
const NPM_SETTINGS = ['ca', 'user', 'password', 'help'];

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];

function tokenize(argv: readonly string[]): readonly Token[] {
  const withValue = Object.entries(FLAGS).filter(([, [placeholder]]) => placeholder !== '');
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(withValue.map(([flag]) => [flag, { type: 'string' as const }])),
  });
  return tokens;
}

function findFlag(rawName: string): Flag {
  const all = Object.keys(FLAGS).map((flag) => `--${flag}`);
  if (all.includes(rawName)) return rawName.slice(2) as Flag;
  const didYouMean = nearest(rawName, all);
  throw new UserError('unknown_flag', `unknown flag ${rawName}`, {
    flag: rawName.replace(/^-+/, ''),
    allowed: all,
    fix: didYouMean ? `Did you mean ${didYouMean}?` : 'See audit --help.',
    ...(didYouMean && { didYouMean }),
  });
}

/** `--recipe --json` is a missing value, not a file called "--json". */
function valueGiven(flag: Flag, token: Extract<Token, { kind: 'option' }>): string {
  const [placeholder] = FLAGS[flag];
  if (placeholder === '') {
    if (token.value !== undefined) throw wrong(`--${flag} takes no value`, 'Remove the value.', flag);
    return '';
  }
  const { value } = token;
  if (!value || (!token.inlineValue && value.startsWith('--'))) {
    throw new UserError('missing_value', `--${flag} needs a value: ${placeholder}`, {
      flag,
      fix: 'Add the value after the flag.',
    });
  }
  return value;
}

function readOnly(text: string | undefined): string[] {
  const ids = (text ?? '')
    .split(',')
    .filter(Boolean)
    .map((id) => id.trim().toUpperCase());
  const known = [...CHECKS, ...LAST_CHECKS].map(({ id }) => id);
  const strange = ids.find((id) => !known.includes(id));
  if (strange) throw wrong(`there is no check ${strange}`, `Choose from ${known.join(', ')}.`, 'only');
  return ids;
}

function readWait(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof RangeError)
      throw wrong(`--wait: ${error.message}`, 'Write it as 90s or 15m.', 'wait');
    throw error;
  }
}

function readGrade(text: string): Grade {
  const grade = GRADES.find((one) => one === text.toUpperCase());
  if (!grade) throw wrong(`"${text}" is not a grade`, `Choose from ${GRADES.join(', ')}.`, 'fail-under');
  return grade;
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw wrong(`"${text}" is not a port`, 'Give a number from 1 to 65535.', 'http-port');
}

const wrong = (message: string, fix: string, flag?: Flag): UserError =>
  new UserError('bad_value', message, { fix, ...(flag && { flag }) });
