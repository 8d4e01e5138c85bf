import { generator } from '../generator.ts';
import { isNullable, shown } from '../options/document.ts';
import { OPTION_ROWS, type Option } from '../options/options.ts';

/** The JSON Schema of the answers, from the option table. It does not cover conflicts between options. */
export function answersSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Answers of ${generator.name} ${generator.version}`,
    description:
      'The document that --config reads. Missing keys get their defaults; paths are relative to the current directory.',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      ...Object.fromEntries(OPTION_ROWS.map(([name, option]) => [name, property(option)])),
    },
    additionalProperties: false,
  };
}

// --- internal ---

function property(option: Option<unknown>): object {
  const { kind, help, flag } = option;
  const type = isNullable(option) ? { anyOf: [kind.schema, { type: 'null' }] } : kind.schema;
  return { description: `${help} (--${flag})`, ...type, ...standard(option) };
}

/** The default of the package manager depends on how the command is started, so the schema names none. */
function standard(option: Option<unknown>): object {
  if (option.flag === 'directory') return { default: 'secure-session-app' };
  if (option.flag === 'package-manager') return {};
  return { default: shown(option, option.default({}, { cwd: '', packageManager: 'npm' })) };
}
