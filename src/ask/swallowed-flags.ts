import { UserError } from '../errors.ts';
import type { Kind } from '../options/kinds.ts';
import { OPTION_ROWS } from '../options/options.ts';
import { RUN_FLAG_ROWS } from '../options/run-flags.ts';
import type { World } from '../world.ts';

/**
 * Without `--`, npm keeps flags to itself: they arrive as `npm_config_<flag>`, and the value of a flag may become a
 * stray positional. Running on would write a project the user did not ask for; a swallowed --dry-run would write.
 *
 * @param argv without the word of the command
 * @param command the word of the command, if it was typed; the corrected line repeats it
 * @throws UserError with the corrected command line
 */
export function refuseSwallowedFlags(argv: readonly string[], env: World['env'], command?: 'create'): void {
  const swallowed = swallowable().flatMap((candidate) => {
    // Somebody's own setting of that name, which came through as a flag too, is no slip.
    if (argv.includes(`--${candidate.flag}`)) return [];
    const value = env[`npm_config_${candidate.flag.replaceAll('-', '_')}`];
    return value === undefined ? [] : recover(candidate, value);
  });
  if (swallowed.length === 0) return;
  // PowerShell takes a bare -- away before npm sees it.
  const dashes = isPowerShell(env) ? "'--'" : '--';
  const { words, rest } = giveValuesBack(swallowed, argv);
  const line = [commandPrefix(env), ...(command ? [command] : []), ...rest, dashes, ...words].join(' ');
  throw new UserError(
    'swallowed_flags',
    `npm kept ${swallowed.map(({ text }) => text).join(' ')} to itself`,
    { fix: `Put ${dashes} before the flags: ${line}` },
  );
}

// --- internal ---

interface Candidate {
  flag: string;
  /** A switch has none. */
  kind?: ValueKind;
}

type ValueKind = Pick<Kind<unknown>, 'placeholder' | 'read'>;

interface Swallowed {
  text: string;
  /** Set when the flag came through, but its value did not. */
  lostValueOf?: ValueKind;
}

/** npm's own `yes`, `help` and `version` are for npm: they never stand for ours. */
function swallowable(): Candidate[] {
  const options = OPTION_ROWS.filter(([name]) => name !== 'directory').map(([, option]) => ({
    flag: option.flag,
    ...(option.kind.placeholder !== '' && { kind: option.kind }),
  }));
  const run = RUN_FLAG_ROWS.filter(([flag]) => !['yes', 'help', 'version'].includes(flag)).map(
    ([flag, { value }]) => ({ flag: flag.replace(/^no-/, ''), ...(value && { kind: oneOf(value) }) }),
  );
  return [...options, ...run];
}

/** `error|merge` is a choice; what names a kind in capitals may be anything. */
const oneOf = (placeholder: string): ValueKind => ({
  placeholder,
  read(word) {
    if (!/^[A-Z]/.test(placeholder) && !placeholder.split('|').includes(word)) throw new RangeError(word);
    return word;
  },
});

function recover({ flag, kind }: Candidate, value: string): Swallowed[] {
  // npm has a setting `git`, the path of the program: only what a bare --git or --no-git leaves there is ours.
  if (flag === 'git') {
    if (value === 'false') return [{ text: '--no-git' }];
    return value === '' || value === 'true' ? [{ text: '--git' }] : [];
  }
  if (!kind) {
    const isOff = value === '' || value === 'false';
    if (flag === 'dry-run' && isOff) return [];
    return [{ text: isOff ? `--no-${flag}` : `--${flag}` }];
  }
  return value.split('\n\n').map((one) => {
    return one === 'true' || one === ''
      ? { text: `--${flag}`, lostValueOf: kind }
      : { text: `--${flag} ${one}` };
  });
}

/** A lost value is the first positional that it can be; where there is none, the placeholder tells what to write. */
function giveValuesBack(
  swallowed: Swallowed[],
  argv: readonly string[],
): { words: string[]; rest: string[] } {
  const rest = [...argv];
  const words = swallowed.map(({ text, lostValueOf }) => {
    if (!lostValueOf) return text;
    const value = takeWhere(rest, (word) => canBe(lostValueOf, word));
    return `${text} ${value ?? lostValueOf.placeholder}`;
  });
  return { words, rest };
}

/** The first word is the directory more often than not, so it comes last. */
function takeWhere(words: string[], matches: (word: string) => boolean): string | undefined {
  const later = words.findIndex((word, index) => index > 0 && matches(word));
  const index = later === -1 && words[0] !== undefined && matches(words[0]) ? 0 : later;
  return index === -1 ? undefined : words.splice(index, 1)[0];
}

function canBe(kind: ValueKind, word: string): boolean {
  try {
    kind.read(word, '/');
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** It adds a folder of the user's to this list. On other systems nobody else sets the variable. */
const isPowerShell = ({ PSModulePath = '' }: World['env']): boolean =>
  PSModulePath.includes('/') || /\\Documents\\(Windows)?PowerShell\\/i.test(PSModulePath);

/** From a clone it is the start script; otherwise `npm create`. */
const commandPrefix = (env: World['env']): string =>
  env.npm_lifecycle_event === 'start' ? 'npm start' : 'npm create secure-session-app@latest';
