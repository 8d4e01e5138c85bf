export interface RunFlagRow {
  short?: string;
  /** What --help shows after the flag; a switch has none. */
  value?: string;
  help: string;
}

/** Flags about the run itself. They are not answers: the project is the same with and without them. */
export const RUN_FLAGS = {
  config: {
    value: 'FILE|-',
    help: 'read answers from a JSON document (- is standard input); flags take precedence',
  },
  'on-conflict': {
    value: 'error|merge',
    help: 'what to do in a directory that contains files: error (default), or add only the missing files',
  },
  verify: { help: "install, then run the project's own tests; exit 4 if one fails" },
  yes: { short: 'y', help: 'ask nothing and use the defaults' },
  'no-interactive': { help: 'ask nothing, as if there were no terminal' },
  'dry-run': {
    help: 'write nothing; show which files would be created, are identical or differ, with diffs',
  },
  explain: {
    help: 'write nothing; list the protections of this configuration with their reasons and standards',
  },
  json: {
    help: 'print one JSON document on standard output, also for errors; progress goes to standard error',
  },
  'print-schema': { help: 'print the JSON Schema of the answers that --config reads' },
  help: { short: 'h', help: 'show this help' },
  version: { short: 'v', help: 'show the version' },
} as const satisfies Record<string, RunFlagRow>;

export type RunFlag = keyof typeof RUN_FLAGS;

export const RUN_FLAG_ROWS = Object.entries(RUN_FLAGS) as unknown as readonly (readonly [
  RunFlag,
  RunFlagRow,
])[];
