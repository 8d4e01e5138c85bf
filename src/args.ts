import { parseArgs } from 'node:util';
import { UserError } from './errors.ts';
import { readFlag } from './kinds.ts';
import { type Known, OPTION_ROWS, OPTIONS, type Option, type OptionName } from './options.ts';
import { RUN_FLAGS, type RunFlag } from './run-flags.ts';
import { nearest } from './values/nearest.ts';

export interface Request {
  /** The answers that the command line gives. */
  given: Known;
  run: ReadonlySet<RunFlag>;
}

/** argv → what was asked for. Whatever is not understood is an error: a flag that is ignored is a wrong project. */
export function readArgs(argv: readonly string[], cwd: string): Request {
  const given = new Map<OptionName, unknown>();
  const run = new Set<RunFlag>();
  for (const token of tokenize(argv)) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      if (given.has('directory')) throw secondPositional(token.value);
      given.set('directory', readFlag('directory', OPTIONS.directory.kind, token.value, cwd));
      continue;
    }
    const runFlag = findRunFlag(token);
    if (runFlag) run.add(runFlag);
    else readOption(token, given, cwd);
  }
  return { given: Object.fromEntries(given), run };
}

// --- internal ---

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

/** The lenient mode of parseArgs: its own errors name neither the allowed values nor the nearest flag. */
function tokenize(argv: readonly string[]): readonly Token[] {
  const withValue = OPTION_ROWS.filter(([, option]) => takesValue(option) && option.flag !== 'directory');
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(withValue.map(([, { flag }]) => [flag, { type: 'string' as const }])),
  });
  return tokens;
}

function findRunFlag(token: OptionToken): RunFlag | undefined {
  const found = Object.entries(RUN_FLAGS).find(([name, flag]) => {
    const spellings = [`--${name}`, ...('short' in flag ? [`-${flag.short}`] : [])];
    return spellings.includes(token.rawName);
  });
  if (found && token.value !== undefined) throw valueNotTaken(token, found[0]);
  return found?.[0] as RunFlag | undefined;
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
    remember(given, name, readFlag(flag, option.kind, typedValue(token, option), cwd), option);
  }
}

/** `--store --yes` is a forgotten value, not a store called "--yes". */
function typedValue(token: OptionToken, option: Option<unknown>): string {
  const looksLikeFlag = token.inlineValue === false && token.value.startsWith('-');
  if (token.value === undefined || looksLikeFlag || token.value === '') {
    throw new UserError('missing_value', `--${option.flag} needs a value: ${option.kind.placeholder}`, {
      flag: option.flag,
    });
  }
  return token.value;
}

/** Lists add up. Anything else given twice differently is a slip that no rule of precedence can repair. */
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
    const [first, second] = [earlier, value].map((value) => option.kind.show(value as object).join());
    throw new UserError('conflict', `--${option.flag} is given twice, as ${first} and as ${second}`, {
      flag: option.flag,
    });
  }
  given.set(name, value);
}

const takesValue = (option: Option<unknown>): boolean => option.kind.placeholder !== '';

function valueNotTaken(token: OptionToken, flag: string): UserError {
  return new UserError('bad_value', `${token.rawName} takes no value, but "${token.value}" was given`, {
    flag,
  });
}

function unknownFlag(rawName: string): UserError {
  const didYouMean = nearest(rawName, allFlags());
  return new UserError('unknown_flag', `unknown flag ${rawName}`, {
    flag: rawName.replace(/^-+/, ''),
    allowed: allFlags(),
    fix: didYouMean ? `Did you mean ${didYouMean}?` : 'See --help for all flags.',
    ...(didYouMean && { didYouMean }),
  });
}

function allFlags(): string[] {
  const options = OPTION_ROWS.map(([, option]) => option).filter(({ flag }) => flag !== 'directory');
  const negated = options.filter((option) => !takesValue(option)).map(({ flag }) => `--no-${flag}`);
  const run = Object.entries(RUN_FLAGS).flatMap(([name, flag]) => [
    `--${name}`,
    ...('short' in flag ? [`-${flag.short}`] : []),
  ]);
  return [...options.map(({ flag }) => `--${flag}`), ...negated, ...run];
}

function secondPositional(text: string): UserError {
  return new UserError('unknown_flag', `"${text}" is a second directory; one is possible`, {
    fix: 'Quote a directory with spaces, and write values behind their flag.',
  });
}
