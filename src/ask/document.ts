import { UserError } from '../errors.ts';
import { quoted } from '../legible.ts';
import { isNullable } from '../options/document.ts';
import { readFlag } from '../options/kinds.ts';
import { type Known, OPTION_ROWS, type Option } from '../options/options.ts';
import { nearest } from '../options/values/nearest.ts';

/**
 * A document → its answers. Anything not understood is an error, as with flags.
 *
 * @throws UserError
 */
export function readDocument(document: unknown, cwd: string): Known {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new UserError('bad_config', 'the configuration is not a JSON object', {
      flag: 'config',
      fix: SEE_SCHEMA,
    });
  }
  const given = Object.entries(document).filter(([key]) => key !== '$schema');
  return Object.fromEntries(
    given.map(([key, value]) => {
      const row = OPTION_ROWS.find(([name]) => name === key);
      if (!row) throw unknownKey(key);
      return [key, readValue(row[0], row[1], value, cwd)];
    }),
  );
}

// --- internal ---

const SEE_SCHEMA = 'See --print-schema for what it may contain.';

function readValue(name: string, option: Option<unknown>, value: unknown, cwd: string): unknown {
  const { flag, kind } = option;
  if (value === null && isNullable(option)) return null;
  if (!IS_OF_TYPE[kind.schema.type](value)) {
    throw new UserError('bad_config', `${name} in the configuration is not of type ${kind.schema.type}`, {
      flag,
      ...(kind.choices && { allowed: kind.choices.map(({ value }) => String(value)) }),
      fix: SEE_SCHEMA,
    });
  }
  if (typeof value === 'boolean') return value;
  const read = (text: unknown) =>
    readFlag(flag, kind, String(text), cwd, `${name} in the configuration`) as unknown;
  return Array.isArray(value) ? [...new Set(value.flatMap(read))] : read(value);
}

const IS_OF_TYPE = {
  boolean: (value: unknown) => typeof value === 'boolean',
  integer: (value: unknown) => Number.isInteger(value),
  string: (value: unknown) => typeof value === 'string',
  array: (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

function unknownKey(key: string): UserError {
  const allowed = OPTION_ROWS.map(([name]) => name);
  const didYouMean = nearest(key.replaceAll('-', ''), allowed);
  return new UserError('bad_config', `unknown key ${quoted(key)} in the configuration`, {
    flag: 'config',
    allowed,
    fix: didYouMean ? `Did you mean ${didYouMean}?` : SEE_SCHEMA,
    ...(didYouMean && { didYouMean }),
  });
}
