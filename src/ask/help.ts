import { EXIT_CODES } from '../errors.ts';
import { generator } from '../generator.ts';
import { noneOf } from '../options/document.ts';
import { OPTION_ROWS, type Option } from '../options/options.ts';
import { RUN_FLAG_ROWS } from '../options/run-flags.ts';

export interface FlagHelp {
  /** `--store postgres|redis|mongo` */
  usage: string;
  help: string;
  /** The default as typed; empty when there is none. */
  standard: string;
}

export function helpText(): string {
  const rows = [...optionHelp(), ...runFlagHelp()].map(({ usage, help, standard }) => {
    return [usage, standard ? `${help} (default: ${standard})` : help] as const;
  });
  const codes = EXIT_CODES.map(([code, meaning]) => [String(code), meaning] as const);
  return [
    `${generator.name} ${generator.version}`,
    '',
    'Creates an Express, Fastify or Koa project in TypeScript with secure sessions and tests that prove them.',
    '',
    'Usage',
    `  ${generator.name} [directory] [options]`,
    '  npm create secure-session-app@latest my-app -- --store redis --yes',
    `  ${generator.name} audit URL [options]     grades how a running app handles sessions; see audit --help`,
    '',
    'Options',
    ...columns(rows),
    '',
    'A duration is a whole number with a unit: 90s, 30m, 8h, 30d. The word none undoes what --config says.',
    'In a terminal you are asked for everything not given. Otherwise, or with --yes, the defaults are used.',
    '',
    'Exit codes',
    ...columns(codes),
  ].join('\n');
}

/** Also the source of the README's list. */
export function optionHelp(): FlagHelp[] {
  return OPTION_ROWS.map(([name, option]) => ({
    usage: name === 'directory' ? '[directory]' : usage(option),
    help: option.help,
    standard: standard(option),
  }));
}

export function runFlagHelp(): FlagHelp[] {
  return RUN_FLAG_ROWS.map(([flag, { short, value, help }]) => ({
    usage: [`--${flag}`, value && ` ${value}`, short && `, -${short}`].filter(Boolean).join(''),
    help,
    standard: '',
  }));
}

// --- internal ---

function usage(option: Option<unknown>): string {
  const { flag, kind } = option;
  if (kind.placeholder === '') return `--${flag}, --no-${flag}`;
  return `--${flag} ${kind.placeholder}${noneOf(option) === undefined ? '' : '|none'}`;
}

/** The default when neither this flag nor one that it depends on is given. */
function standard(option: Option<unknown>): string {
  if (option.flag === 'directory') return 'secure-session-app';
  if (option.flag === 'package-manager') return 'the one that started the command';
  const value = option.default({}, { cwd: '', packageManager: 'npm' });
  return value === null ? '' : option.kind.show(value as object).join(' ');
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(40, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
