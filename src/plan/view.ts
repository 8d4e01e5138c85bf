import { generator } from '../generator.ts';
import type { Answers } from '../options/options.ts';
import { type Commands, packageManagerCommands } from '../options/package-manager.ts';
import { durationSource } from '../options/values/durations.ts';
import { projectName, slug } from '../options/values/project-names.ts';
import { reproductionCommand } from './reproduction.ts';

/** One line of .env.example. */
export interface EnvEntry {
  name: string;
  comment: string;
  value: string;
  /** .env gets a random value of this kind. */
  generate?: 'session-secret' | 'password';
  /** The line is commented out, to show what is possible. */
  commented?: boolean;
}

export interface Project {
  /** The npm name. */
  name: string;
  /** A DNS label: the development address is `<slug>.localhost`. */
  slug: string;
  /** All names of the certificate. */
  hostnames: readonly string[];
  /** The app's own origins; the first one is printed and used for links. */
  origins: readonly string[];
}

/** The names available to every template. */
export interface View {
  answers: Answers;
  project: Project;
  generator: { name: string; version: string };
  env: readonly EnvEntry[];
  words: Readonly<Record<string, string>>;
  /** Milliseconds → source text: `30 * MINUTE_MS`. */
  duration(ms: number): string;
  /** Text → a TypeScript literal, with the quotes the project's formatter prefers. */
  string(text: string): string;
  /** The command that runs a script of package.json, with arguments for it. */
  run(script: string, args?: string): string;
  /** The command that installs the dependencies. */
  install: string;
  manager: Commands;
  reproduce: string;
}

export function view(
  answers: Answers,
  env: readonly EnvEntry[] = [],
  words: Record<string, string> = {},
): View {
  const manager = packageManagerCommands(answers.packageManager);
  const { install, run } = manager;
  return {
    answers,
    project: describeProject(answers),
    generator,
    env,
    words,
    duration: durationSource,
    string: stringSource,
    run,
    install,
    manager,
    reproduce: reproductionCommand(answers),
  };
}

export function describeProject({ directory, hostname, port }: Answers): Project {
  const name = projectName(directory);
  const label = slug(name);
  const hostnames = [...new Set(['localhost', `${label}.localhost`, ...hostname])];
  // The project's own name comes first: cookies ignore the port, so two projects on plain localhost would share them.
  const hosts = new Set([`${label}.localhost`, 'localhost', ...hostname]);
  return {
    name,
    slug: label,
    hostnames,
    origins: [...hosts].map((host) => `https://${bracketed(host)}:${port}`),
  };
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

function stringSource(text: string): string {
  const source = JSON.stringify(text);
  const count = (quote: string): number => text.split(quote).length;
  if (count("'") > count('"')) return source;
  return `'${source.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
