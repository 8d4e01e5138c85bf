import type { AnswersDocument } from '../library-types.d.cts';
import { type Answers, OPTION_ROWS, type Option, type OptionName } from './options.ts';

/** The answers as JSON: what `--config` takes, the manifest keeps and `--json` shows. */
export type { AnswersDocument };

/** However they were given, the same answers are the same bytes. */
export const toDocument = (answers: Answers): AnswersDocument =>
  Object.fromEntries(
    OPTION_ROWS.map(([name, option]) => [name, shown(option, answers[name])]),
  ) as AnswersDocument;

/** The value of an option in the form it has in documents. */
export function shown({ kind }: Option<unknown>, value: unknown): AnswersDocument[OptionName] {
  if (value === null || kind.schema.type !== 'string') return value as number | null;
  return kind.show(value as object)[0];
}

/** "None" is a value of those options that have nothing by default. */
export const isNullable = (option: Option<unknown>): boolean =>
  option.default({}, { cwd: '', packageManager: 'npm' }) === null;
