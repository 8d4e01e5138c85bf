import { median } from '../support/numbers.ts';
import type { Side } from './adapter.ts';
import type { CleanUp } from './clean-up.ts';
import type { Latency, Operation, Round } from './measure.ts';
import type { DatabaseName } from './project.ts';

/** What was measured of one side at one size: of several runs the medians. */
export interface Figures {
  side: Side;
  size: number;
  latencies: Round;
  /** Milliseconds, of one time. */
  scan: number | null;
  cleanUp: CleanUp | null;
  bytesPerSession: number | null;
}

export interface Result {
  database: DatabaseName;
  /** Node, cores and load average. */
  machine: string;
  date: string;
  runs: number;
  figures: Figures[];
}

/** The median of each figure over the runs. */
export function summary(rounds: readonly Round[]): Round {
  const operations = Object.keys(rounds[0] ?? {}) as Operation[];
  return Object.fromEntries(
    operations.map((operation) => {
      const found = rounds.map((round) => round[operation]);
      return [operation, middle(found.filter((latency) => latency !== undefined))];
    }),
  );
}

export function summaryOfCleanUps(runs: readonly CleanUp[]): CleanUp | null {
  const [first] = runs;
  if (!first) return null;
  const requests = runs.flatMap((run) => (run.requests ? [run.requests] : []));
  return {
    records: first.records,
    milliseconds: median(runs.map((run) => run.milliseconds)),
    requests: requests.length < runs.length ? null : middle(requests),
  };
}

export const NAMES: Readonly<Record<DatabaseName, string>> = {
  postgres: 'PostgreSQL',
  redis: 'Redis',
  mongo: 'FerretDB, in place of MongoDB',
};

const PUBLISHED: Readonly<Record<DatabaseName, string>> = {
  postgres: 'connect-pg-simple',
  redis: 'connect-redis',
  mongo: 'connect-mongo',
};

/** A Markdown table, a line for each operation and a column for each size. */
export function tableOf({ database, figures, machine, date, runs }: Result): string {
  const sizes = sizesOf(figures);
  const published = PUBLISHED[database];
  const row = (name: string, side: Side, cell: (figures: Figures) => Cell | null): string[] => {
    const cells = sizes.map((size) => {
      const found = figures.find((one) => one.side === side && one.size === size);
      return found ? cell(found) : null;
    });
    if (cells.every((found) => found === null)) return [];
    return [`| ${[name, ...cells.map((found) => found?.text ?? '–'), growth(cells)].join(' | ')} |`];
  };
  const latencyOf = (name: string, operation: Operation, side: Side = 'ours'): string[] =>
    row(name, side, ({ latencies }) => latencyCell(latencies[operation]));
  const cleaning = (name: string, side: Side): string[] => [
    ...row(name, side, ({ cleanUp }) => cleanUp && seconds(cleanUp)),
    ...row('… requests meanwhile', side, ({ cleanUp }) => latencyCell(cleanUp?.requests ?? undefined)),
  ];
  const lines = [
    ...latencyOf('signed-in request', 'request'),
    ...latencyOf(`… ${published}`, 'request', 'stock'),
    ...latencyOf('list of one’s 10 sessions', 'list'),
    ...row(`… by a scan, ${published}`, 'stock', ({ scan }) =>
      scan === null ? null : { text: rounded(scan), value: scan },
    ),
    ...latencyOf('end of one’s 9 others', 'end'),
    ...latencyOf('sign-in, without the hash', 'signIn'),
    ...latencyOf('store alone: read', 'readCall'),
    ...latencyOf('store alone: list', 'listCall'),
    ...latencyOf('store alone: end of 9', 'endCall'),
    ...cleaning('clean-up', 'ours'),
    ...cleaning(`… ${published}`, 'stock'),
    ...row('bytes per session', 'ours', (one) => bytes(one)),
    ...row(`… ${published}`, 'stock', (one) => bytes(one)),
  ];
  return [
    `| ${NAMES[database]}, ms: median (p95) | ${sizes.map(short).join(' | ')} | growth |`,
    `|---|${sizes.map(() => '---:|').join('')}---:|`,
    ...lines,
    '',
    `${date}, medians of ${runs} runs. ${machine}.`,
  ].join('\n');
}

export function sizesOf(figures: readonly Figures[]): number[] {
  return [...new Set(figures.map(({ size }) => size))].sort((a, b) => a - b);
}

/** 1 k, 100 k, 1 M. */
export function short(size: number): string {
  if (size < 1000) return String(size);
  return size < 1_000_000 ? `${size / 1000} k` : `${size / 1_000_000} M`;
}

// --- internal ---

interface Cell {
  text: string;
  /** What grows, or not. */
  value: number;
}

function middle(latencies: readonly Latency[]): Latency {
  return [median(latencies.map(([value]) => value)), median(latencies.map(([, value]) => value))];
}

function latencyCell(latency: Latency | undefined): Cell | null {
  if (!latency) return null;
  const [value, p95] = latency;
  return { text: `${rounded(value)} (${rounded(p95)})`, value };
}

function seconds({ milliseconds, records }: CleanUp): Cell {
  return { text: `${rounded(milliseconds)} for ${short(records)}`, value: Number.NaN };
}

function bytes({ bytesPerSession }: Figures): Cell | null {
  return bytesPerSession === null ? null : { text: String(Math.round(bytesPerSession)), value: Number.NaN };
}

/** The largest size against the smallest. */
function growth(cells: readonly (Cell | null)[]): string {
  const [first, last] = [cells.at(0)?.value, cells.at(-1)?.value];
  return first && last ? `${(last / first).toFixed(2)} ×` : '';
}

function rounded(milliseconds: number): string {
  if (milliseconds >= 100) return milliseconds.toFixed(0);
  return milliseconds.toFixed(milliseconds >= 10 ? 1 : 2);
}
