import type { Side } from './adapter.ts';
import { type Figures, NAMES, type Result, short, sizesOf } from './results.ts';

/** A curve: one operation of one side. The colours have a contrast of 4.5 or more on GitHub's two grounds. */
interface Curve {
  name: string;
  side: Side;
  millisecondsIn(figures: Figures): number | null | undefined;
  light: string;
  dark: string;
  isDashed: boolean;
}

const request = ({ latencies }: Figures) => latencies.request?.[0];

const CURVES: readonly Curve[] = [
  curve('signed-in request', 'ours', request, '#0969da', '#58a6ff'),
  curve('list of one’s sessions', 'ours', ({ latencies }) => latencies.list?.[0], '#1a7f37', '#3fb950'),
  curve('end of one’s others', 'ours', ({ latencies }) => latencies.end?.[0], '#8250df', '#bc8cff'),
  curve('published store: signed-in request', 'stock', request, '#636c76', '#9198a1'),
  curve('published store: list, by a scan', 'stock', ({ scan }) => scan, '#bc4c00', '#f0883e'),
];

/** In CSS pixels. */
const WIDTH = 830;
const LEFT = 58;
const GAP = 22;
const TOP = 96;
const PLOT_HEIGHT = 216;
const HEIGHT = TOP + PLOT_HEIGHT + 46;

/** The scale of milliseconds is logarithmic: 1 ms to 10 s, and a bit below and above. */
const TICKS: readonly (readonly [milliseconds: number, text: string])[] = [
  [1, '1 ms'],
  [10, '10 ms'],
  [100, '100 ms'],
  [1000, '1 s'],
  [10_000, '10 s'],
];
const [LEAST, MOST] = [0.6, 20_000];

/** A panel for each database: medians in milliseconds against the number of sessions, both on logarithmic scales. */
export function plotOf(results: readonly Result[]): string {
  const width = (WIDTH - LEFT - GAP * results.length) / results.length;
  const sizes = sizesOf(results.flatMap(({ figures }) => figures));
  const panels = results.map((result, index) => panel(result, sizes, LEFT + index * (width + GAP), width));
  const ticks = TICKS.map(([milliseconds, text]) => {
    return `<text x="${LEFT - 8}" y="${round(heightOf(milliseconds) + 4)}" text-anchor="end" class="dim">${text}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title">
<title id="title">How long an answer takes, by the number of sessions in the database</title>
<style>
text{font:13px -apple-system,BlinkMacSystemFont,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif;fill:#1f2328}
.dim{fill:#636c76;font-size:12px}.name{font-weight:600}.grid{stroke:#d1d9e0}.line{fill:none;stroke-width:2}
${rules('light')}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.dim{fill:#9198a1}.grid{stroke:#3d444d}
${rules('dark')}}
</style>
${legend()}
${ticks.join('\n')}
${panels.join('\n')}
</svg>
`;
}

// --- internal ---

function curve(
  name: string,
  side: Side,
  millisecondsIn: Curve['millisecondsIn'],
  light: string,
  dark: string,
): Curve {
  return { name, side, millisecondsIn, light, dark, isDashed: side === 'stock' };
}

function rules(scheme: 'light' | 'dark'): string {
  return CURVES.map((one, index) => `.c${index}{stroke:${one[scheme]}}.d${index}{fill:${one[scheme]}}`).join(
    '\n',
  );
}

const LEGEND_COLUMNS = [LEFT, LEFT + 190, LEFT + 400] as const;

function legend(): string {
  const places = [
    [0, 22],
    [1, 22],
    [2, 22],
    [0, 46],
    [2, 46],
  ] as const;
  return CURVES.map(({ name, isDashed }, index) => {
    const [column, y] = places[index] ?? [0, 0];
    const x = LEGEND_COLUMNS[column];
    return `<path d="M${x} ${y - 4}h22" class="line c${index}"${dashes(isDashed)}/><circle cx="${x + 11}" cy="${y - 4}" r="3.5" class="d${index}"/><text x="${x + 29}" y="${y}">${name}</text>`;
  }).join('\n');
}

function panel({ database, figures }: Result, sizes: readonly number[], left: number, width: number): string {
  const inset = 16;
  const xOf = (size: number): number => {
    const [first = 1, last = 1] = [sizes.at(0), sizes.at(-1)];
    const share = first === last ? 0.5 : Math.log(size / first) / Math.log(last / first);
    return left + inset + share * (width - 2 * inset);
  };
  const grid = TICKS.map(([milliseconds]) => {
    return `<path d="M${round(left)} ${round(heightOf(milliseconds))}h${round(width)}" class="grid"/>`;
  });
  const names = sizes.map((size) => {
    return `<text x="${round(xOf(size))}" y="${TOP + PLOT_HEIGHT + 18}" text-anchor="middle" class="dim">${short(size)}</text>`;
  });
  const under = `<text x="${round(left + width / 2)}" y="${TOP + PLOT_HEIGHT + 38}" text-anchor="middle" class="dim">sessions</text>`;
  const title = `<text x="${round(left)}" y="${TOP - 10}" class="name">${NAMES[database]}</text>`;
  // The first ones are the last to be drawn, above the others.
  const curves = CURVES.map((one, index) => lineOf(one, index, figures, xOf)).toReversed();
  return [title, ...grid, ...names, under, ...curves].filter(Boolean).join('\n');
}

function lineOf(
  one: Curve,
  index: number,
  figures: readonly Figures[],
  xOf: (size: number) => number,
): string {
  const points = figures
    .filter(({ side }) => side === one.side)
    .flatMap((found) => {
      const milliseconds = one.millisecondsIn(found);
      return milliseconds ? [[round(xOf(found.size)), round(heightOf(milliseconds))] as const] : [];
    });
  if (points.length === 0) return '';
  const line = `<path d="M${points.map((point) => point.join(' ')).join('L')}" class="line c${index}"${dashes(one.isDashed)}/>`;
  return line + points.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3.5" class="d${index}"/>`).join('');
}

function heightOf(milliseconds: number): number {
  const share = Math.log(milliseconds / LEAST) / Math.log(MOST / LEAST);
  return TOP + PLOT_HEIGHT * (1 - share);
}

const dashes = (isDashed: boolean): string => (isDashed ? ' stroke-dasharray="5 4"' : '');
const round = (value: number): number => Math.round(value * 10) / 10;
