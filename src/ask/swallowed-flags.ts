import { UserError } from '../errors.ts';
import type { Kind } from '../options/kinds.ts';
import { OPTION_ROWS } from '../options/options.ts';
import { RUN_FLAG_ROWS } from '../options/run-flags.ts';
import type { World } from '../world.ts';

/**
 * Without `--`, npm consumes the flags: they arrive as `npm_config_<flag>`, and the value of a flag may become a stray
 * positional. Continuing would create a project the user did not ask for; with a swallowed --dry-run it would write.
 *
 * @param argv without the word of the command
 * @param command the word of the command, if it was typed; the corrected line repeats it
 * @throws UserError with the corrected command line
 */
export function refuseSwallowedFlags(argv: readonly string[], env: World['env'], command?: 'create'): void {
  const swallowed = swallowable().flatMap((candidate) => {
    // The flag did arrive, so the variable is a setting of the user's own.
    if (argv.includes(`--${candidate.flag}`)) return [];
    const value = env[`npm_config_${candidate.flag.replaceAll('-', '_')}`];
    return value === undefined ? [] : recover(candidate, value);
  });
  if (swallowed.length === 0) return;
  // PowerShell removes a bare -- before npm sees it.
  const dashes = isPowerShell(env) ? "'--'" : '--';
  const { words, rest } = giveValuesBack(swallowed, argv);
  const line = [commandPrefix(env), ...(command ? [command] : []), ...rest, dashes, ...words].join(' ');
  throw new UserError(
    'swallowed_flags',
    `npm consumed ${swallowed.map(({ text }) => text).join(' ')} and did not pass it on`,
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
  /** Set when npm kept the flag but not its value. */
  lostValueOf?: ValueKind;
}

/** Not `yes`, `help` and `version`: those are npm's own flags. */
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

/** `error|merge` is a choice; a placeholder in capitals accepts any value. */
const oneOf = (placeholder: string): ValueKind => ({
  placeholder,
  read(word) {
    if (!/^[A-Z]/.test(placeholder) && !placeholder.split('|').includes(word)) throw new RangeError(word);
    return word;
  },
});

function recover({ flag, kind }: Candidate, value: string): Swallowed[] {
  // npm has a setting `git`, the path of the program. Only the values a bare --git or --no-git leaves are ours.
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

/** A lost value is the first positional that fits; without one, the placeholder shows what to write. */
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

/** Tries the first word last, because it is usually the directory. */
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

/** PowerShell adds a folder of the user's to this list. Outside Windows nothing else sets the variable. */
const isPowerShell = ({ PSModulePath = '' }: World['env']): boolean =>
  PSModulePath.includes('/') || /\\Documents\\(Windows)?PowerShell\\/i.test(PSModulePath);

/** `npm start` in a clone, otherwise `npm create`. */
const commandPrefix = (env: World['env']): string =>
  env.npm_lifecycle_event === 'start' ? 'npm start' : 'npm create secure-session-app@latest';
