import type { ReadStream, WriteStream } from 'node:tty';

/** Everything a run reads besides its arguments. Tests pass their own. */
export interface World {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY'>>;
  readonly stdout: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;
  readonly stderr: NodeJS.WritableStream;
  /** Aborted by SIGINT, SIGTERM and SIGHUP. */
  signal: AbortSignal;
  /** Aborted by a second of these: a program that ignored the first is killed. */
  force?: AbortSignal;
}
