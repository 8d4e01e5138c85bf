import { generator } from '../generator.ts';
import { COMMAND_WORDS } from '../options/command-words.ts';
import { type Answers, type Known, OPTION_ROWS, type Option } from '../options/options.ts';
import type { PackageManager } from '../options/package-manager.ts';
import { projectName } from '../options/values/project-names.ts';

/** Before the name of the package, `npm create` wants it without "create-". */
const INITIALIZER = generator.name.replace(/^create-/, '');

/**
 * The command that makes the same bytes again, secrets and keys aside: pinned, and without the folder it stood in. By
 * the package manager of the project; but `yarn create` takes no version in yarn 1, so npm makes what yarn installs.
 */
export function reproductionCommand(answers: Answers): string {
  const runner = answers.packageManager === 'yarn' ? 'npm' : answers.packageManager;
  const flags = OPTION_ROWS.filter(([name]) => name !== 'directory').flatMap(([name, option]) => {
    return differs(option, answers[name], answers, runner) ? flagWords(option, answers[name]) : [];
  });
  // Without it npm keeps the flags to itself; the others would hand it on.
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

/** Whoever starts the command is the package manager that it takes when none is named. */
function differs(option: Option<unknown>, value: unknown, answers: Known, runner: PackageManager): boolean {
  const standard = option.default(answers, { cwd: '/', packageManager: runner });
  return JSON.stringify(value) !== JSON.stringify(standard);
}

const asDirectory = (name: string): string => (COMMAND_WORDS.includes(name) ? `./${name}` : name);

/** For POSIX shells and, where nothing needs quoting, for all others. */
const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
