/** No name of ours is half as long, and comparing takes time with the square of the length. */
const LONGEST_TYPO = 60;

/** The candidate that `word` is probably a typo of, or undefined. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > LONGEST_TYPO) return undefined;
  const meant = word.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(meant, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (!best) return undefined;
  if (best.distance <= Math.max(1, Math.floor(best.candidate.length / 3))) return best.candidate;
  // A prefix counts too: "post" for postgres, but not "p".
  return meant.length >= 3 ? candidates.find((candidate) => candidate.startsWith(meant)) : undefined;
}

/** Damerau-Levenshtein distance, optimal string alignment: swapping two neighbours is one edit. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = cell(rows, i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(cell(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, substitution);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j] ?? 0, cell(rows, i - 2, j - 2) + 1);
    }
    rows.push(row);
  }
  return cell(rows, a.length, b.length);
}

const cell = (rows: number[][], row: number, column: number): number => rows[row]?.[column] ?? 0;
