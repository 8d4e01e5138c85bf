import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installed } from '../../bench/support/cache.ts';
import { succeed } from '../../package/support/commands.ts';
import type { Site } from './site.ts';

/** What the HTTP Observatory of MDN says of a site. */
export interface Verdict {
  grade: string;
  score: number;
  tests: readonly Finding[];
}

export interface Finding {
  name: string;
  /** In the Observatory's words, such as `x-frame-options-not-implemented`. */
  result: string;
  /** Null where there was nothing to judge, such as no cookie. */
  pass: boolean | null;
  /** Points given on top, or taken away. */
  points: number;
}

const SCANNER = '@mdn/mdn-http-observatory';
const WANTED = { dependencies: { [SCANNER]: '1.4.8' } };

/** Scans the site as the Observatory would at its public name, over 80 and 443. */
export async function observe({ name, ports, certFile }: Site): Promise<Verdict> {
  const folder = join(await installed('observatory', WANTED), 'node_modules', SCANNER);
  // Its install script, which does not run, would fetch the sites that browsers preload. Ours is none of them.
  writeFileSync(join(folder, 'conf', 'hsts-preload.json'), '{}');
  const env = {
    NODE_EXTRA_CA_CERTS: certFile,
    JUDGED_PORTS: JSON.stringify({ 80: ports.http, 443: ports.https }),
  };
  const loopback = resolve('test/judges/support/loopback.mjs');
  const output = await succeed(process.execPath, ['--import', loopback, 'src/scan.js', name], folder, {
    env,
  });
  const { scan, tests } = JSON.parse(output);
  return { grade: scan.grade, score: scan.score, tests: Object.entries(tests).map(readFinding) };
}

/** Each test that a site gets less for than it could, in a line. */
export const shortcomings = ({ tests }: Verdict): string[] =>
  tests
    .filter(({ pass, points }) => pass === false || points < 0)
    .map(({ name, result, points }) => `${name}: ${result} (${points})`);

// --- internal ---

function readFinding([name, test]: [string, unknown]): Finding {
  const { result, pass, scoreModifier } = test as {
    result: string;
    pass: boolean | null;
    scoreModifier: number;
  };
  return { name, result, pass, points: scoreModifier };
}
