import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { quoted } from '../legible.ts';
import { formatDuration, parseDuration } from './values/durations.ts';
import { envValue } from './values/env-values.ts';
import { nearest } from './values/nearest.ts';

export interface Choice<Value> {
  value: Value;
  label: string;
  /** A few words in its favour. */
  hint: string;
  /** Other spellings people type. */
  aliases?: readonly string[];
}

/** What a value is in a JSON document. Durations are strings with a unit there. */
export type JsonShape = { type: 'boolean' | 'integer' | 'string' | 'array'; [rule: string]: unknown };

/** Turns the text of a flag into a value, and a value back into text. */
export interface Kind<Value> {
  /** What --help shows after the flag; empty for a switch, which takes no value. */
  placeholder: string;
  schema: JsonShape;
  /** @throws RangeError that quotes the text and says what is wrong with it */
  read(text: string, cwd: string): Value;
  /** The texts that `read` turns back into this value; several for a list. */
  show(value: Value): readonly string[];
  choices?: readonly Choice<Value>[];
  /** The flag may be repeated; the values add up. */
  isList?: true;
}

export function choice<const Value extends string>(...choices: Choice<Value>[]): Kind<Value> {
  const allowed = choices.map(({ value }) => value).join('|');
  return {
    placeholder: allowed,
    schema: { type: 'string', enum: choices.map(({ value }) => value) },
    choices,
    read(text) {
      const chosen = choices.find(({ value, aliases = [] }) =>
        [value, ...aliases].includes(text.toLowerCase()),
      );
      if (!chosen)
        throw new RangeError(
          `${quoted(text)} is not ${allowed.replaceAll('|', ', ').replace(/, ([^,]*)$/, ' or $1')}`,
        );
      return chosen.value;
    },
    show: (value) => [value],
  };
}

export const toggle: Kind<boolean> = {
  placeholder: '',
  schema: { type: 'boolean' },
  read(text) {
    throw new RangeError(`${quoted(text)}: this option takes no value`);
  },
  show: (value) => [value ? 'yes' : 'no'],
};

export const duration: Kind<number> = {
  placeholder: 'DURATION',
  schema: { type: 'string', pattern: '^\\d+[smhd]$' },
  read: parseDuration,
  show: (ms) => [formatDuration(ms)],
};

export const port: Kind<number> = {
  placeholder: 'PORT',
  schema: { type: 'integer', minimum: 1, maximum: 65_535 },
  read(text) {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < 1 || number > 65_535)
      throw new RangeError(`${quoted(text)} is not a port; use 1 to 65535`);
    return number;
  },
  show: (number) => [String(number)],
};

/** A text with a check that returns its canonical form or throws a RangeError. */
export function text(placeholder: string, check: (text: string) => string): Kind<string> {
  return { placeholder, schema: { type: 'string' }, read: (value) => check(value), show: (value) => [value] };
}

/** Several texts: the flag may be repeated, and one value may contain several, separated by commas or spaces. */
export function list(placeholder: string, check: (text: string) => string): Kind<string[]> {
  return {
    placeholder,
    schema: { type: 'array', items: { type: 'string' } },
    isList: true,
    read(value) {
      const parts = value.split(/[\s,]+/).filter((part) => part !== '');
      if (parts.length === 0) throw new RangeError(`${quoted(value)} contains no value`);
      return parts.map(check);
    },
    show: (values) => values,
  };
}

/** An existing file, as an absolute path: the project runs in another directory than this command. */
export const file: Kind<string> = {
  placeholder: 'FILE',
  schema: { type: 'string' },
  read(value, cwd) {
    const path = resolve(cwd, value);
    if (envValue(path) === undefined)
      throw new RangeError(`${quoted(value)} has line breaks or every kind of quote, so .env cannot name it`);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile())
      throw new RangeError(`${quoted(value)}: no such file`);
    return path;
  },
  show: (path) => [path],
};

/** Reads the value of a flag; an empty one (an unset variable) is missing. A RangeError becomes a UserError that names the flag and the nearest match. */
export function readFlag<Value>(
  flag: string,
  kind: Kind<Value>,
  text: string,
  cwd: string,
  label = flag === 'directory' ? flag : `--${flag}`,
): Value {
  if (text === '') throw missingValue(label, flag, kind.placeholder);
  try {
    return kind.read(text, cwd);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const allowed = kind.choices?.map(({ value }) => String(value));
    const didYouMean = allowed && nearest(text, allowed);
    throw new UserError('bad_value', `${label}: ${error.message}`, {
      flag,
      ...(allowed && { allowed }),
      ...(didYouMean && { didYouMean }),
      fix: didYouMean ? `Did you mean ${didYouMean}?` : 'See --help for the values of each option.',
    });
  }
}

export function missingValue(label: string, flag: string, placeholder: string): UserError {
  return new UserError('missing_value', `${label} needs a value: ${placeholder}`, {
    flag,
    // A placeholder in capitals names a kind of value.
    ...(/^[a-z]/.test(placeholder) && { allowed: placeholder.split('|') }),
    fix: 'Add the value.',
  });
}
