/**
 * `npm run chaos [-- --only postgres-frozen] [--seconds 3] [--repeat 1]`: two instances of a generated project on one
 * real database, under signed-in load, through each fault in scenarios.ts. A checker that knows the true state of every
 * session counts what contradicts it. Exits with 1 when something happened that must not. `--wait` measures what WAIT
 * would cost on Redis instead.
 */
import { parseArgs } from 'node:util';
import { compile } from '../bench/sessions/compiled-project.ts';
import { machine, table } from '../bench/support/numbers.ts';
import { type Result, run } from './run.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { forbidden } from './verdict.ts';
import { waitCost } from './wait-cost.ts';

// An end from outside ends the databases and instances too: they go with the exit of this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    seconds: { type: 'string', default: '3' },
    fault: { type: 'string', default: '3' },
    repeat: { type: 'string', default: '1' },
    wait: { type: 'boolean', default: false },
  },
});
if (values.wait) {
  const cost = await waitCost();
  console.log(`${machine()}\n\n${cost}`);
  process.exit(0);
}
const timing = {
  seconds: Number(values.seconds),
  faultSeconds: Number(values.fault),
};

const HEADING = [
  '',
  'requests',
  'sessions',
  'wrong identity',
  'came back',
  'lost sign-ins',
  'lost writes',
  'unlisted',
  'hung',
  'other 5xx',
  'broken',
  'crashes',
  '503',
  'slowest s',
  'down s',
  'recovered s',
  'last 503 s',
];
const projects = new Map<string, string>();

const chosen = SCENARIOS.filter(({ name, onlyByName }) =>
  values.only.length === 0 ? !onlyByName : values.only.some((wanted) => isMeant(wanted, name, onlyByName)),
);
if (chosen.length === 0) {
  console.error(`There is no such scenario. There are: ${SCENARIOS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const rows: (string | number)[][] = [];
let isRight = true;
const repeated = Array.from({ length: Number(values.repeat) }, () => chosen).flat();
for (const scenario of repeated) {
  const result = await run(scenario, await projectOf(scenario), timing);
  const wrong = forbidden(result, scenario);
  rows.push([scenario.name, ...row(result)]);
  console.error(table([HEADING, ...rows.slice(-1)]));
  const shown = wrong.length > 0 || result.cameBack + result.lostWrites + result.lostSignIns > 0;
  if (shown) console.error([...wrong, ...result.examples].map((line) => `  ${line}`).join('\n'));
  isRight &&= wrong.length === 0;
}
console.log(`${machine()}; MongoDB is FerretDB here\n`);
console.log(table([HEADING, ...rows]));
process.exit(isRight ? 0 : 1);

function row(result: Result): (string | number)[] {
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
  return [
    result.requests,
    result.sessions,
    result.wrongIdentities,
    result.cameBack,
    result.lostSignIns,
    result.lostWrites,
    result.unlisted,
    result.hung,
    result.otherServerErrors + result.unexpected,
    result.broken,
    result.crashes,
    result.unavailable,
    seconds(result.slowestMs),
    seconds(result.downMs),
    seconds(result.recoveredMs),
    seconds(result.lastUnavailableMs),
  ];
}

async function projectOf({ framework, store }: Scenario): Promise<string> {
  const name = `chaos-${framework}-${store}`;
  const directory = projects.get(name) ?? (await compile(name, framework, store));
  projects.set(name, directory);
  return directory;
}

/** By its name, or else by the beginning of it, such as `redis`. */
function isMeant(wanted: string, name: string, onlyByName = false): boolean {
  const isName = SCENARIOS.some((scenario) => scenario.name === wanted);
  return isName ? name === wanted : !onlyByName && name.startsWith(`${wanted}-`);
}
