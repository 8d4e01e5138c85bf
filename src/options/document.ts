import type { AnswersDocument } from '../library-types.d.cts';
import { type Answers, OPTION_ROWS, type Option, type OptionName } from './options.ts';

/** The answers as JSON: what `--config` takes, the manifest keeps and `--json` shows. */
export type { AnswersDocument };

/** The same answers give the same bytes, however they were given. */
export const toDocument = (answers: Answers): AnswersDocument =>
  Object.fromEntries(
    OPTION_ROWS.map(([name, option]) => [name, shown(option, answers[name])]),
  ) as AnswersDocument;

/** The value of an option as documents write it. */
export function shown({ kind }: Option<unknown>, value: unknown): AnswersDocument[OptionName] {
  if (value === null || kind.schema.type !== 'string') return value as number | null;
  return kind.show(value as object)[0];
}

/** Options whose default is "none" also accept null. */
export const isNullable = (option: Option<unknown>): boolean =>
  option.default({}, { cwd: '', packageManager: 'npm' }) === null;

/** What the word "none" stands for on the command line; undefined for an option that cannot be none. */
export function noneOf(option: Option<unknown>): null | readonly string[] | undefined {
  if (option.kind.isList) return [];
  return isNullable(option) ? null : undefined;
}
