/**
 * `npm run bench [-- --runs 5 --only create-vite --cold 3]`: one scaffold without install and git, ours as packed
 * beside the peers, in turn, with Node 20 and 24; what `--help` and `--version` take beside `node -e 0`; memory, size
 * and packages; and `npm create` with an empty cache, from a registry on loopback.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { folderOf } from '../../package/support/tools.ts';
import { machine, table } from '../support/numbers.ts';
import { coldCreate } from './cold.ts';
import { inTurn, middle } from './measure.ts';
import { ours, packagesIn, peers, type Tool } from './tools.ts';

// An end from outside ends the databases and servers too: they go with the exit of this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    cold: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const root = mkdtempSync(join(tmpdir(), 'css-bench-'));
try {
  const own = await ours(root);
  const wanted = (await peers()).filter(({ name }) => values.only.length === 0 || values.only.includes(name));
  const tools = [own, ...wanted];
  console.log(`${(statSync(own.tarball).size / 1000).toFixed(1)} kB packed\n`);
  for (const version of ['20', '24']) {
    const node = join(await folderOf('node', `node@${version}`, process.cwd()), 'node');
    console.log(`${machine()}; measured with Node ${version}\n${compare(node, tools)}\n`);
  }
  if (Number(values.cold) > 0) {
    console.log(`${machine()}\n${table(await coldCreate(root, own.tarball, Number(values.cold)))}`);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}

function compare(node: string, tools: readonly Tool[]): string {
  const scaffolds = tools.map(({ name, bin, args }) => ({ name, args: [bin, ...args] }));
  const quick = ['--help', '--version'].map((flag) => ({ name: flag, args: [tools[0]?.bin ?? '', flag] }));
  const floor = { name: 'node -e 0', args: ['-e', '0'] };
  const results = inTurn(node, [...scaffolds, floor, ...quick], Number(values.runs), root);
  const own = results[0] ? middle(results[0]) : Number.NaN;
  const rows = results.map((result, index) => {
    const tool = tools[index];
    const ms = middle(result);
    return [
      result.name,
      result.files || '',
      ms.toFixed(0),
      `${(own / ms).toFixed(2)} ×`,
      result.peakMegabytes,
      tool ? packagesIn(tool.folder) : '',
    ];
  });
  return table([['', 'files', 'ms', 'ours is', 'peak MB', 'packages'], ...rows]);
}
