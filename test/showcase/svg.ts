import type { Run, Style } from './screen.ts';

/** In CSS pixels. */
const FONT_SIZE = 13;
const COLUMN_WIDTH = 7.8;
const ROW_HEIGHT = 18;
const PADDING = 16;
const TITLE_HEIGHT = 36;

const GROUND = '#0d1117';
const TEXT = '#e6edf3';

/** On that ground each has a contrast of 4.5 or more. */
const COLOURS: Readonly<Record<number, string>> = {
  31: '#ff7b72',
  32: '#3fb950',
  33: '#d29922',
  34: '#58a6ff',
  35: '#bc8cff',
  36: '#39c5cf',
  37: '#e6edf3',
  90: '#7d8590',
};
const DIM = '#9198a1';

interface Drawing {
  columns: number;
  title: string;
}

/** A terminal window with these rows. The text is text: it can be selected and searched. */
export function svgOf(rows: readonly (readonly Run[])[], { columns, title }: Drawing): string {
  const width = Math.ceil(columns * COLUMN_WIDTH) + 2 * PADDING;
  const height = TITLE_HEIGHT + rows.length * ROW_HEIGHT + PADDING;
  const lines = rows.map((row, index) => line(row, TITLE_HEIGHT + (index + 1) * ROW_HEIGHT));
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (colour, index) => `<circle cx="${PADDING + 6 + index * 20}" cy="18" r="6" fill="${colour}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">A terminal after: ${escaped(title)}</title>
<style>text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:${TEXT}}</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10" fill="${GROUND}" stroke="#3d444d"/>
${dots.join('')}
<text x="${width / 2}" y="22" text-anchor="middle" style="fill:${DIM}">${escaped(title)}</text>
<g xml:space="preserve">
${lines.filter(Boolean).join('\n')}
</g>
</svg>
`;
}

// --- internal ---

/** Every run has a place of its own, because fonts differ in the width of signs such as ◇. */
function line(row: readonly Run[], y: number): string {
  if (row.length === 0) return '';
  const spans = row.map(({ column, text, style }) => {
    return `<tspan x="${round(PADDING + column * COLUMN_WIDTH)}"${attributes(style)}>${escaped(text)}</tspan>`;
  });
  return `<text y="${y}">${spans.join('')}</text>`;
}

function attributes({ colour, isDim, isBold, isInverse }: Style): string {
  if (isInverse) throw new Error('nothing inverse is left at the end of a run');
  const declarations = [];
  if (isDim) declarations.push(`fill:${DIM}`);
  else if (colour) declarations.push(`fill:${COLOURS[colour]}`);
  if (isBold) declarations.push('font-weight:bold');
  return declarations.length > 0 ? ` style="${declarations.join(';')}"` : '';
}

const round = (number: number): number => Math.round(number * 100) / 100;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
