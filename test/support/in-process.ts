import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { World } from '../../src/world.ts';
import { cleanEnv, type Run } from './program.ts';

type Main = (argv: readonly string[], world: World) => Promise<number>;

const requireBuilt = createRequire(import.meta.url);

/** The built program without a process of its own, for tests of many runs. Nothing of it may be a terminal. */
export async function runInProcess(
  argv: readonly string[],
  cwd: string,
  input: string | Buffer = '',
  env: Record<string, string> = {},
): Promise<Run> {
  const { main } = requireBuilt(resolve('dist/cli.cjs')) as { main: Main };
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await main(argv, {
    cwd,
    env: cleanEnv(env),
    stdin: Readable.from([input]),
    stdout,
    stderr,
    signal: new AbortController().signal,
  });
  const textOf = (stream: PassThrough) => String(stream.read() ?? '');
  return { code, stdout: textOf(stdout), stderr: textOf(stderr) };
}
