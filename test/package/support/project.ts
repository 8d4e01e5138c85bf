import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import tmp from 'tmp';
import { afterAll, inject } from 'vitest';
import { OPTIONS } from '../../../src/options/options.ts';
import { freePort } from '../../databases/free-port.ts';
import { type Circumstances, type Outcome, run } from './commands.ts';
import { Curl } from './curl.ts';
import { type Running, start } from './server.ts';

/** What a journey is about: a row of the list in the test files. */
export interface Choice {
  framework: string;
  store: 'postgres' | 'redis' | 'mongo';
  packageManager: 'npm' | 'pnpm';
  /** `password` unless it says so. */
  auth?: 'oidc';
}

const DATABASE_VARIABLES = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', mongo: 'MONGODB_URL' } as const;

/** A project made by the packed program, in a folder of its own outside this repository. */
export class Project {
  readonly choice: Choice;
  readonly folder: string;
  readonly directory: string;
  readonly port: number;
  readonly #circumstances: Circumstances;

  static async in(choice: Choice, circumstances: Circumstances): Promise<Project> {
    return new Project(choice, circumstances, await freePort());
  }

  private constructor(choice: Choice, circumstances: Circumstances, port: number) {
    const { name, removeCallback } = tmp.dirSync({ unsafeCleanup: true, prefix: 'css-journey-' });
    afterAll(removeCallback);
    this.folder = join(realpathSync(name), 'folder of a user');
    mkdirSync(this.folder);
    this.directory = join(this.folder, 'my-app');
    this.choice = choice;
    this.port = port;
    this.#circumstances = circumstances;
  }

  get origin(): string {
    return `https://localhost:${this.port}`;
  }

  /** The generator's own run, which installs and commits. */
  generate(): Promise<Outcome> {
    const { framework, store, packageManager, auth = 'password' } = this.choice;
    const flags = ['--framework', framework, '--store', store, '--auth', auth].concat(
      '--package-manager',
      packageManager,
    );
    const args = ['my-app', '--yes', ...flags, '--port', String(this.port)];
    return run(inject('bin'), args, this.folder, this.#circumstances);
  }

  run(program: string, ...args: string[]): Promise<Outcome> {
    return run(program, args, this.directory, this.#circumstances);
  }

  /** A script of package.json, by the package manager of the project. */
  script(script: string, { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {}) {
    const { packageManager } = this.choice;
    const separator = packageManager === 'npm' && args.length > 0 ? ['--'] : [];
    const circumstances = { ...this.#circumstances, env };
    return run(packageManager, ['run', script, ...separator, ...args], this.directory, circumstances);
  }

  /** The variables that name a database. */
  database(url: string): Record<string, string> {
    return { [DATABASE_VARIABLES[this.choice.store]]: url };
  }

  develop(env: Record<string, string> = {}): Promise<Running> {
    const command = [this.choice.packageManager, 'run', 'dev'] as const;
    return start(command, this.directory, /sys_startup/, { ...this.#circumstances, env });
  }

  /** The server that `npm start` runs, without npm in between. Needs a build. */
  serve(env: Record<string, string>): Promise<Running> {
    const command = ['node', '--env-file-if-exists=.env', 'dist/src/server.js'] as const;
    return start(command, this.directory, /sys_startup/, { ...this.#circumstances, env });
  }

  /** Somebody with an empty cookie jar. */
  person(): Curl {
    return new Curl(this.folder, join(this.directory, 'certs', 'ca.pem'), this.origin);
  }
}

/** The framework where the generator has it, else the first one: its rows come with the frameworks. */
export function frameworkOr(wanted: string): string {
  const values = (OPTIONS.framework.kind.choices ?? []).map(({ value }) => String(value));
  return values.includes(wanted) ? wanted : (values[0] ?? '');
}
