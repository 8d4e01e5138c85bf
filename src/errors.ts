import { oneLine } from './legible.ts';

export type ErrorCode =
  | 'command_not_built'
  | 'unknown_flag'
  | 'bad_value'
  | 'missing_value'
  | 'conflict'
  | 'swallowed_flags'
  | 'bad_config'
  | 'missing_program'
  | 'target_in_the_way'
  | 'target_not_writable'
  | 'not_usable'
  | 'target_unreachable'
  | 'target_not_calibrated'
  | 'host_not_allowed'
  | 'bad_recipe';

export interface ErrorDetails {
  /** The flag it is about, without its dashes. */
  flag?: string;
  allowed?: readonly string[];
  didYouMean?: string;
  /** What the user can do, as a sentence. */
  fix: string;
}

/** An error the user can fix, shown as one line without a stack. Any other error keeps its stack. */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(oneLine(message));
    this.name = 'UserError';
    this.code = code;
    this.details = { ...details, fix: oneLine(details.fix) };
    if (details.flag) this.details.flag = oneLine(details.flag, 100);
  }

  get exitCode(): 2 | 3 {
    return /^target_|^not_usable$/.test(this.code) ? EXIT.notUsable : EXIT.usage;
  }
}

/** The user cancelled: Ctrl-C or Ctrl-D at a prompt, or a signal. */
export class Cancelled extends Error {
  constructor() {
    super('Cancelled');
    this.name = 'Cancelled';
  }
}

/** The code of a system error, such as ENOENT; empty for any other error. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  notUsable: 3,
  laterStepFailed: 4,
  needsYou: 5,
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For --help and the README. */
export const EXIT_CODES: readonly (readonly [ExitCode, string])[] = [
  [EXIT.done, 'done'],
  [EXIT.unexpected, 'unexpected failure, shown with its stack'],
  [EXIT.usage, 'wrong usage; nothing was written'],
  [
    EXIT.notUsable,
    'the target directory, or something else that is needed, cannot be used; nothing was written',
  ],
  [EXIT.laterStepFailed, 'the files were written, but a later step failed; the message says how to finish'],
  [EXIT.needsYou, 'done, but the audit found more than was allowed'],
  [EXIT.cancelled, 'cancelled'],
];
