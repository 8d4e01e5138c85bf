import { parseArgs } from 'node:util';
import { UserError } from '../errors.ts';
import { oneLine, quoted } from '../legible.ts';
import { noneOf } from '../options/document.ts';
import { choice, missingValue, readFlag } from '../options/kinds.ts';
import { type Known, OPTION_ROWS, OPTIONS, type Option, type OptionName } from '../options/options.ts';
import { RUN_FLAG_ROWS, RUN_FLAGS, type RunFlag, type RunFlagRow } from '../options/run-flags.ts';
import { nearest } from '../options/values/nearest.ts';

export interface Request {
  /** The answers given on the command line. */
  given: Known;
  /** Flags about the run, each with its value; empty for a switch. */
  run: ReadonlyMap<RunFlag, string>;
}

/** argv → the request. Anything not understood is an error: ignoring a flag would create the wrong project. */
export function readArgs(argv: readonly string[], cwd: string): Request {
  const given = new Map<OptionName, unknown>();
  const run = new Map<RunFlag, string>();
  for (const token of tokenize(argv)) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      if (given.has('directory')) throw secondPositional(token.value);
      given.set('directory', readFlag('directory', OPTIONS.directory.kind, token.value, cwd));
      continue;
    }
    const runFlag = findRunFlag(token);
    if (runFlag) rememberRun(run, runFlag, token);
    else readOption(token, given, cwd);
  }
  return { given: Object.fromEntries(given), run };
}

// --- internal ---

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

/** parseArgs in lenient mode: its own errors name neither the allowed values nor the nearest flag. */
function tokenize(argv: readonly string[]): readonly Token[] {
  const options = OPTION_ROWS.map(([, option]) => option)
    .filter((option) => takesValue(option) && option.flag !== 'directory')
    .map(({ flag }) => flag);
  const runFlags = RUN_FLAG_ROWS.filter(([, row]) => row.value).map(([flag]) => flag);
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries([...options, ...runFlags].map((flag) => [flag, { type: 'string' as const }])),
  });
  return tokens;
}

function findRunFlag(token: OptionToken): RunFlag | undefined {
  return RUN_FLAG_ROWS.find(([name, { short }]) => [`--${name}`, `-${short}`].includes(token.rawName))?.[0];
}

function rememberRun(run: Map<RunFlag, string>, flag: RunFlag, token: OptionToken): void {
  const { value: placeholder } = RUN_FLAGS[flag] as RunFlagRow;
  if (!placeholder) {
    if (token.value !== undefined) throw valueNotTaken(token, flag);
    run.set(flag, '');
    return;
  }
  const value = token.value === '-' ? '-' : typedValue(token, flag, placeholder);
  const allowed = placeholder.split('|');
  if (flag === 'on-conflict')
    readFlag(flag, choice(...allowed.map((value) => ({ value, label: '', hint: '' }))), value, '');
  const earlier = run.get(flag);
  if (earlier !== undefined && earlier !== value) throw givenTwice(flag, earlier, value);
  run.set(flag, value);
}

function readOption(token: OptionToken, given: Map<OptionName, unknown>, cwd: string): void {
  const negated = token.rawName.startsWith('--no-');
  const flag = negated ? token.rawName.slice('--no-'.length) : token.rawName.slice('--'.length);
  const row = OPTION_ROWS.find(([, option]) => option.flag === flag && option.flag !== 'directory');
  if (!row || !token.rawName.startsWith('--')) throw unknownFlag(token.rawName);
  const [name, option] = row;
  if (!takesValue(option)) {
    if (token.value !== undefined) throw valueNotTaken(token, flag);
    remember(given, name, !negated, option);
  } else {
    if (negated) throw unknownFlag(token.rawName);
    const text = typedValue(token, flag, option.kind.placeholder);
    // Undoes what a configuration says.
    const none = text === 'none' ? noneOf(option) : undefined;
    remember(given, name, none === undefined ? readFlag(flag, option.kind, text, cwd) : none, option);
  }
}

/** `--store --yes` is a missing value, not a store called "--yes". */
function typedValue(token: OptionToken, flag: string, placeholder: string): string {
  const looksLikeFlag = token.inlineValue === false && token.value.startsWith('-');
  if (token.value === undefined || looksLikeFlag || token.value === '')
    throw missingValue(`--${flag}`, flag, placeholder);
  return token.value;
}

/** Lists add up. For any other option two different values are an error, not a question of precedence. */
function remember(
  given: Map<OptionName, unknown>,
  name: OptionName,
  value: unknown,
  option: Option<unknown>,
): void {
  const earlier = given.get(name);
  if (option.kind.isList) {
    const values = [...((earlier as string[] | undefined) ?? []), ...(value as string[])];
    given.set(name, [...new Set(values)]);
    return;
  }
  if (earlier !== undefined && earlier !== value) {
    const [first, second] = [earlier, value].map((value) =>
      value === null ? 'none' : option.kind.show(value as object).join(),
    );
    throw givenTwice(option.flag, first, second);
  }
  given.set(name, value);
}

const takesValue = (option: Option<unknown>): boolean => option.kind.placeholder !== '';

function givenTwice(flag: string, first = '', second = ''): UserError {
  return new UserError('conflict', `--${flag} is given twice, as ${first} and as ${second}`, {
    flag,
    fix: 'Use it once.',
  });
}

function valueNotTaken(token: OptionToken, flag: string): UserError {
  return new UserError(
    'bad_value',
    `${oneLine(token.rawName, 100)} takes no value, but ${quoted(token.value ?? '')} was given`,
    {
      flag,
      fix: 'Remove the value.',
    },
  );
}

function unknownFlag(rawName: string): UserError {
  const didYouMean = nearest(rawName, allFlags());
  return new UserError('unknown_flag', `unknown flag ${oneLine(rawName, 100)}`, {
    flag: rawName.replace(/^-+/, ''),
    allowed: allFlags(),
    fix: didYouMean ? `Did you mean ${didYouMean}?` : 'See --help for all flags.',
    ...(didYouMean && { didYouMean }),
  });
}

function allFlags(): string[] {
  const options = OPTION_ROWS.map(([, option]) => option).filter(({ flag }) => flag !== 'directory');
  const negated = options.filter((option) => !takesValue(option)).map(({ flag }) => `--no-${flag}`);
  const run = RUN_FLAG_ROWS.flatMap(([name, { short }]) => [`--${name}`, ...(short ? [`-${short}`] : [])]);
  return [...options.map(({ flag }) => `--${flag}`), ...negated, ...run];
}

function secondPositional(text: string): UserError {
  return new UserError('unknown_flag', `${quoted(text)} is a second directory, and only one is allowed`, {
    fix: 'Quote a directory that contains spaces, and put each value after its flag.',
  });
}
