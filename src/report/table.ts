import { oneLine } from '../legible.ts';

/** Aligned columns, two spaces apart and indented. Prompts show some, past our printer. */
export function table(texts: readonly (readonly string[])[]): string[] {
  const rows = texts.map((row) => row.map((cell) => oneLine(cell)));
  const widths =
    rows[0]?.map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

export const byteLength = ({ contents }: { contents: string }): number => Buffer.byteLength(contents);
