export interface RunFlagRow {
  short?: string;
  /** What --help shows behind the flag; a switch has none. */
  value?: string;
  help: string;
}

/** Flags about the run itself. They are no answers: the project is the same with and without them. */
export const RUN_FLAGS = {
  config: {
    value: 'FILE|-',
    help: 'take answers from a JSON document (- is standard input); flags win over it',
  },
  'on-conflict': {
    value: 'error|merge',
    help: 'what to do in a directory that holds files: error (default), or add only what is missing',
  },
  verify: { help: "install, then run the project's own tests; exit 4 when one fails" },
  yes: { short: 'y', help: 'ask nothing, take the defaults' },
  'no-interactive': { help: 'ask nothing, as without a terminal' },
  'dry-run': { help: 'write nothing; show what would be created, is identical, or differs, with a diff' },
  explain: { help: 'write nothing; show each protection of this configuration, its reason and its standard' },
  json: { help: 'one JSON document on standard output, for errors too; progress goes to standard error' },
  'print-schema': { help: 'print the JSON Schema of the answers, which is what --config takes' },
  help: { short: 'h', help: 'show this help' },
  version: { short: 'v', help: 'show the version' },
} as const satisfies Record<string, RunFlagRow>;

export type RunFlag = keyof typeof RUN_FLAGS;

export const RUN_FLAG_ROWS = Object.entries(RUN_FLAGS) as unknown as readonly (readonly [
  RunFlag,
  RunFlagRow,
])[];
