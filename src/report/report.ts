import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import {
  type Answers,
  type Known,
  OPTION_ROWS,
  OPTIONS,
  type Option,
  type OptionName,
} from '../options/options.ts';
import type { CompleteProject } from '../plan/project.ts';
import { flagWords } from '../plan/reproduction.ts';
import type { View } from '../plan/view.ts';
import { nextSteps } from '../steps/next-steps.ts';
import type { StepResult } from '../steps/step.ts';
import type { World } from '../world.ts';
import { table } from './table.ts';

export type Results = readonly StepResult[];

/** Each default that was used without asking, with the flag that changes it. */
export function defaultsTaken(answers: Answers, defaulted: ReadonlySet<OptionName>, cwd: string): string {
  const optionOf = (name: OptionName) => OPTIONS[name] as Option<unknown>;
  const relevant = [...defaulted].filter((name) => optionOf(name).isAskedWhen?.(answers) ?? true);
  const rows = relevant.map((name) => {
    const option = optionOf(name);
    const value = answers[name];
    if (name === 'directory') return ['directory', relative(cwd, answers.directory), 'the first argument'];
    const shown = value === null ? '' : option.kind.show(value as object).join(' ');
    return [option.flag, shown || 'none', alternative(option, value)];
  });
  if (rows.length === 0) return '';
  return ['Defaults used, with the flag that changes each:', ...table(rows)].join('\n');
}

export function stepLine(result: StepResult): string {
  const mark = { done: '✔', skipped: '–', failed: '✖' }[result.status];
  const output = result.status === 'failed' ? lastLines(result.output) : [];
  return [...output, `${mark} ${result.step}: ${result.note}`].join('\n');
}

export function written(
  directory: string,
  { files, view }: CompleteProject,
  created: number,
  cwd: string,
): string {
  const path = relative(cwd, directory) || '.';
  const others = files.length - created;
  const count = others === 0 ? `${created} files` : `${created} files added to ${others} existing ones`;
  return `✔ ${view.project.name}: ${count} in ${path}\n  To create it again: ${view.reproduce}`;
}

/** What is left to do, failed steps first. */
export function ending(
  view: View,
  results: readonly StepResult[],
  { cwd, signal }: Pick<World, 'cwd' | 'signal'>,
): string {
  const failed = results.filter((result) => result.status === 'failed');
  const isInstalled = results.some(({ step, status }) => step === 'install' && status === 'done');
  return [
    ...(signal.aborted ? ['Cancelled. All files were written; what is left to do:'] : []),
    ...(view.answers.tls === 'mkcert'
      ? ['If a browser does not trust the certificate, run: mkcert -install']
      : []),
    ...failed.map(({ finish }) => `To finish: ${finish}`),
    'Next:',
    ...nextSteps(view, cwd, isInstalled).map((step) => `  ${step}`),
  ].join('\n');
}

/** Each relevant answer as option and value, as it would be typed. */
export function answerRows(answers: Known, cwd: string): string[][] {
  return OPTION_ROWS.filter(([name, option]) => {
    const value = answers[name];
    const isNone = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
    return !isNone && name in answers && (option.isAskedWhen?.(answers) ?? true);
  }).map(([name, option]) => {
    if (name === 'directory') return ['directory', relative(cwd, answers.directory ?? '') || '.'];
    return [option.flag, option.kind.show(answers[name] as object).join(' ')];
  });
}

// --- internal ---

/** The end of the output, where programs print the reason. */
const lastLines = (output = ''): string[] =>
  output === ''
    ? []
    : stripVTControlCharacters(output)
        .trimEnd()
        .split('\n')
        .slice(-25)
        .map((line) => `  ${line}`);

function alternative(option: Option<unknown>, value: unknown): string {
  if (typeof value === 'boolean') return flagWords(option, !value).join('');
  const others = option.kind.choices
    ?.filter((choice) => choice.value !== value)
    .map((choice) => choice.value);
  if (others?.length === 0) return '(the only one so far)';
  return `--${option.flag} ${others?.join('|') ?? option.kind.placeholder}`;
}
