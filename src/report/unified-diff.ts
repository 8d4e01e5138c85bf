interface Line {
  mark: ' ' | '-' | '+';
  text: string;
}

const CONTEXT_LINES = 3;

/** The diff of two texts in the format of `diff -u`, without the two lines of file names. */
export function unifiedDiff(before: string, after: string): string {
  const lines = compareLines(toLines(before), toLines(after));
  return hunks(lines).map(formatHunk).join('\n');
}

// --- internal ---

function toLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  else lines.push(`${lines.pop()}\n\\ No newline at end of file`);
  return lines;
}

/** Longest common subsequence with a table: our files have hundreds of lines, not thousands. */
function compareLines(before: string[], after: string[]): Line[] {
  const start = before.findIndex((line, index) => line !== after[index]);
  const common = start === -1 ? Math.min(before.length, after.length) : start;
  const rest = align(before.slice(common), after.slice(common));
  return [...before.slice(0, common).map((text) => ({ mark: ' ' as const, text })), ...rest];
}

/** Beyond this size the diff removes all old lines and adds all new ones, to limit memory. */
const LARGEST_TABLE = 16_000_000;

function align(before: string[], after: string[]): Line[] {
  const width = after.length + 1;
  if ((before.length + 1) * width > LARGEST_TABLE) return [...marked('-', before), ...marked('+', after)];
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      lines.push({ mark: ' ', text: before[i++] ?? '' });
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push({ mark: '-', text: before[i++] ?? '' });
    else lines.push({ mark: '+', text: after[j++] ?? '' });
  }
  return [...lines, ...marked('-', before.slice(i)), ...marked('+', after.slice(j))];
}

const marked = (mark: '-' | '+', texts: string[]): Line[] => texts.map((text) => ({ mark, text }));

interface Hunk {
  start: readonly [number, number];
  lines: Line[];
}

/** Changed lines with their context. Changes that share context form one hunk. */
function hunks(lines: Line[]): Hunk[] {
  const isNear = (index: number): boolean =>
    lines
      .slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1)
      .some(({ mark }) => mark !== ' ');
  const found: Hunk[] = [];
  let [before, after] = [1, 1];
  let open: Hunk | undefined;
  for (const [index, line] of lines.entries()) {
    if (!isNear(index)) open = undefined;
    else {
      if (!open) {
        open = { start: [before, after], lines: [] };
        found.push(open);
      }
      open.lines.push(line);
    }
    if (line.mark !== '+') before++;
    if (line.mark !== '-') after++;
  }
  return found;
}

function formatHunk({ start: [before, after], lines }: Hunk): string {
  const count = (absent: string): number => lines.filter(({ mark }) => mark !== absent).length;
  const [removed, added] = [count('+'), count('-')];
  const range = (first: number, length: number): string => `${length === 0 ? first - 1 : first},${length}`;
  const head = `@@ -${range(before, removed)} +${range(after, added)} @@`;
  return [head, ...lines.map(({ mark, text }) => mark + text)].join('\n');
}
