import { generator } from '../generator.ts';
import { COMMAND_WORDS } from '../options/command-words.ts';
import { type Answers, type Known, OPTION_ROWS, type Option } from '../options/options.ts';
import type { PackageManager } from '../options/package-manager.ts';
import { projectName } from '../options/values/project-names.ts';

/** `npm create` takes the package name without "create-". */
const INITIALIZER = generator.name.replace(/^create-/, '');

/**
 * The command that creates the same bytes again, except for secrets and keys. It pins the version and uses the project's
 * package manager; `yarn create` of yarn 1 takes no version, so npm runs it for yarn projects.
 */
export function reproductionCommand(answers: Answers): string {
  const runner = answers.packageManager === 'yarn' ? 'npm' : answers.packageManager;
  const flags = OPTION_ROWS.filter(([name]) => name !== 'directory').flatMap(([name, option]) => {
    return differs(option, answers[name], answers, runner) ? flagWords(option, answers[name]) : [];
  });
  // npm consumes the flags without it; the others would pass it on.
  const separator = runner === 'npm' ? ['--'] : [];
  const words = [asDirectory(projectName(answers.directory)), ...separator, ...flags, '--yes'];
  return `${runner} create ${INITIALIZER}@${generator.version} ${words.map(quote).join(' ')}`;
}

/** The flag with its value, as typed. */
export function flagWords(option: Option<unknown>, value: unknown): string[] {
  if (typeof value === 'boolean') return [value ? `--${option.flag}` : `--no-${option.flag}`];
  return option.kind.show(value as object).flatMap((text) => [`--${option.flag}`, text]);
}

// --- internal ---

/** Compared with the defaults of a run that `runner` starts. */
function differs(option: Option<unknown>, value: unknown, answers: Known, runner: PackageManager): boolean {
  const standard = option.default(answers, { cwd: '/', packageManager: runner });
  return JSON.stringify(value) !== JSON.stringify(standard);
}

const asDirectory = (name: string): string => (COMMAND_WORDS.includes(name) ? `./${name}` : name);

/** For POSIX shells; words that need no quotes work in every shell. */
const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
