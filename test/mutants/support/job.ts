import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Order } from './job-process.ts';
import type { Run } from './outcome.ts';
import type { Project } from './render.ts';

/** The longest one order may take. */
const PATIENCE_MS = 10 * 60_000;

/** A generated project in a folder of its own, and the process that runs its tests. */
export class Job {
  readonly #directory: string;
  readonly #project: Project;
  readonly #databaseUrl: string;
  #child: ChildProcess | undefined;
  /** Files that are as they were again, which the process does not know yet. */
  #putBack: string[] = [];

  constructor(name: string, project: Project, databaseUrl: string) {
    this.#directory = resolve('.emitted/mutants', name);
    this.#project = project;
    this.#databaseUrl = databaseUrl;
    rmSync(this.#directory, { recursive: true, force: true });
    for (const { path, contents, mode } of project.files) {
      const file = join(this.#directory, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, contents, { mode });
    }
  }

  /** Runs test files with another text in one file, and puts that back. */
  async runWith(file: string, text: string, orders: (run: (order: Order) => Promise<Run>) => Promise<void>) {
    const path = join(this.#directory, file);
    writeFileSync(path, text);
    try {
      await orders((order) => this.run({ ...order, changed: [file] }));
    } finally {
      writeFileSync(path, this.#project.contents.get(file) ?? '');
      this.#putBack.push(file);
    }
  }

  /** @throws Error when it takes too long, or the process ends */
  async run(order: Order): Promise<Run> {
    const child = await this.#started();
    const changed = [...(order.changed ?? []), ...this.#putBack];
    this.#putBack = [];
    try {
      return (await tell(child, { ...order, changed })) as Run;
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  stop(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  async #started(): Promise<ChildProcess> {
    if (this.#child?.connected) return this.#child;
    const child = fork(resolve('.emitted/mutants/runner/job.mjs'), {
      cwd: this.#directory,
      env: { ...ownEnvironment(), TEST_DATABASE_URL: this.#databaseUrl },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    await answer(child);
    return child;
  }
}

function tell(child: ChildProcess, order: Order): Promise<unknown> {
  const answered = answer(child);
  child.send(order);
  return answered;
}

function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => done(new Error('took too long')), PATIENCE_MS);
    const onExit = () => done(new Error('the process ended'));
    const onMessage = (message: unknown) => done(undefined, message);
    const done = (error?: Error, message?: unknown) => {
      clearTimeout(timer);
      child.off('exit', onExit).off('message', onMessage);
      if (error) reject(error);
      else resolve(message);
    };
    child.once('exit', onExit).once('message', onMessage);
  });
}

/** Without what npm, vitest and CI say of our own run: the project's tests are a run of their own. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const isForeign = /^(npm_|VITEST|GIT_|CI$|NODE_ENV$|NODE_OPTIONS$|TEST|DEV$|PROD$|SSR$|MODE$|BASE_URL$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign.test(name)));
}
