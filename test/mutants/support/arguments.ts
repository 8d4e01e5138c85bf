import { parseArgs } from 'node:util';
import { type Answers, OPTIONS } from '../../../src/options/options.ts';
import { AREAS } from '../catalogue/index.ts';

export interface Request {
  framework: Answers['framework'];
  store: Answers['store'];
  /** Ids, or areas of the catalogue. Empty: all. */
  only: readonly string[];
  /** That many, spread over all requirements, always the same. */
  sample: number | undefined;
  /** Leaves out mutants that an earlier run has killed. */
  isContinued: boolean;
  /** Begins no mutant after that many; undefined: takes the time it needs. */
  minutes: number | undefined;
  jobs: number;
  /** Runs the files of the tests named for the requirement, and not the rest of the suite where those stay green. */
  isQuick: boolean;
  /** Notes the results in README.md, once there is one of each mutant. */
  writeReadme: boolean;
}

/** @throws Error that says what is wrong */
export function readRequest(argv: readonly string[]): Request {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      framework: { type: 'string', default: 'express' },
      store: { type: 'string', default: 'postgres' },
      only: { type: 'string', multiple: true, default: [] },
      sample: { type: 'string' },
      continue: { type: 'boolean', default: false },
      minutes: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      quick: { type: 'boolean', default: false },
      'write-readme': { type: 'boolean', default: false },
    },
  });
  return {
    framework: oneOf('framework', values.framework) as Answers['framework'],
    store: oneOf('store', values.store) as Answers['store'],
    only: [...values.only.flatMap((text) => (AREA_NAMES.has(text) ? text : text.split(','))), ...positionals],
    sample: values.sample === undefined ? undefined : numberOf('--sample', values.sample),
    isContinued: values.continue,
    minutes: values.minutes === undefined ? undefined : numberOf('--minutes', values.minutes),
    jobs: numberOf('--jobs', values.jobs),
    isQuick: values.quick,
    writeReadme: values['write-readme'],
  };
}

// --- internal ---

/** Some of them hold a comma. */
const AREA_NAMES = new Set(Object.keys(AREAS));

function oneOf(name: 'framework' | 'store', value: string): string {
  const allowed = (OPTIONS[name].kind.choices ?? []).map((choice) => String(choice.value));
  if (!allowed.includes(value)) throw new Error(`--${name} is one of ${allowed.join(', ')}`);
  return value;
}

function numberOf(flag: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${flag} needs a number from 1 on`);
  return number;
}
