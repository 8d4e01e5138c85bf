import type { ReadStream, WriteStream } from 'node:tty';

/** Everything a run reads from outside its arguments. Tests pass their own. */
export interface World {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY'>>;
  stdout: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;
  stderr: NodeJS.WritableStream;
  /** Aborted by SIGINT and SIGTERM. */
  signal: AbortSignal;
}
