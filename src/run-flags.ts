/** Flags about the run itself. They are no answers: the project is the same with and without them. */
export const RUN_FLAGS = {
  yes: { short: 'y', help: 'ask nothing, take the defaults' },
  'no-interactive': { help: 'ask nothing, as without a terminal' },
  'dry-run': { help: 'write nothing, list the files with their sizes' },
  help: { short: 'h', help: 'show this help' },
  version: { short: 'v', help: 'show the version' },
} as const satisfies Record<string, { short?: string; help: string }>;

export type RunFlag = keyof typeof RUN_FLAGS;
