import { readFileSync, writeFileSync } from 'node:fs';
import { plotOf } from './plot.ts';
import { type Result, tableOf } from './results.ts';

const README = 'README.md';
const PLOT = 'docs/scale.svg';
const [BEGIN, END] = ['<!-- scale: WRITE_README=1 npm run bench:scale -->', '<!-- end of scale -->'];
const ORDER = ['postgres', 'redis', 'mongo'];

/** Puts the whole section between its two lines of the README, and the plot beside its other pictures. */
export function writeReadme(results: readonly Result[]): void {
  const ordered = [...results].sort((a, b) => ORDER.indexOf(a.database) - ORDER.indexOf(b.database));
  const readme = readFileSync(README, 'utf8');
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${README} has no place for the figures: ${BEGIN}`);
  writeFileSync(PLOT, plotOf(ordered));
  writeFileSync(README, `${readme.slice(0, begin)}${BEGIN}\n${section(ordered)}\n${readme.slice(end)}`);
}

// --- internal ---

function section(results: readonly Result[]): string {
  return `## With a million sessions

What a request, a list of one’s sessions or their end costs follows the sessions of that user, not those of all. \`npm run bench:scale\` fills databases with 10 sessions for each of up to 100,000 users, in the form in which the store writes them, and measures a generated Express app, and express-session with a published store on the same data. Published stores have no index of a user’s sessions: to list them or to end them, one has to read all.

<img src="${PLOT}" width="830" alt="Three plots of milliseconds against the number of sessions, both logarithmic. The lines of the generated project stay level. That of a list by a scan rises with the number of sessions, to seconds at a million.">

<details>
<summary>All figures</summary>

${results.map(tableOf).join('\n\n')}

One client, one request at a time, over HTTPS; so p95 tells of the machine, too. *Store alone* is the call to the database, without a request around it. *Clean-up* is how long expired records take to go while requests run, and after how many: PostgreSQL’s are deleted by the app, Redis deletes its own and leaves an eighth for later. The published stores are spared their default write at each request.

</details>`;
}
