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
  | 'target_not_writable';

export interface ErrorDetails {
  /** The flag it is about, without its dashes. */
  flag?: string;
  allowed?: readonly string[];
  didYouMean?: string;
  /** What to do about it, as a sentence. */
  fix: string;
}

/** Something the user can mend. It is shown as one line without a stack; any other error keeps its stack. */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(message);
    this.name = 'UserError';
    this.code = code;
    this.details = details;
  }

  get exitCode(): 2 | 3 {
    return this.code.startsWith('target_') ? EXIT.targetInTheWay : EXIT.usage;
  }
}

/** The user left: Ctrl-C at a prompt, or a signal. */
export class Cancelled extends Error {
  constructor() {
    super('Cancelled');
    this.name = 'Cancelled';
  }
}

/** Such as ENOENT, for what the system refused; otherwise empty. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  targetInTheWay: 3,
  laterStepFailed: 4,
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For --help and the README. */
export const EXIT_CODES: readonly (readonly [ExitCode, string])[] = [
  [EXIT.done, 'done'],
  [EXIT.unexpected, 'unexpected failure; the message keeps its stack'],
  [EXIT.usage, 'wrong usage; nothing was written'],
  [EXIT.targetInTheWay, 'the target is in the way or cannot be written; nothing was written'],
  [EXIT.laterStepFailed, 'the files are written, but a later step failed; the message says how to finish'],
  [EXIT.cancelled, 'cancelled'],
];
