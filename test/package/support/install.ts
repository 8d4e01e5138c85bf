import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Project } from './project.ts';

export interface Installed {
  packages: number;
  megabytes: number;
}

/** What an install put there. @throws when a package brings a script that runs at install time */
export async function installed(project: Project): Promise<Installed> {
  const { directory, choice } = project;
  if (choice.packageManager === 'npm') expect(packagesWithInstallScripts(directory)).toEqual([]);
  const { output } = await project.run('du', '--summarize', '--block-size=100K', 'node_modules');
  const packages =
    choice.packageManager === 'npm'
      ? lockedPackages(directory).length
      : readdirSync(join(directory, 'node_modules', '.pnpm')).filter((name) => name.includes('@')).length;
  return { packages, megabytes: Number.parseInt(output, 10) / 10 };
}

/** Whatever a package manager calls out when something is deprecated, unmet, vulnerable or wants to run. */
export const COMPLAINT =
  /npm (warn|error)|\bWARN\b|deprecated|vulnerabilit|peer dep|[Ii]gnored build scripts/;

// --- internal ---

type LockedPackage = [path: string, details: { hasInstallScript?: boolean }];

/** What npm notes of the packages that are really there, other platforms' apart. */
function lockedPackages(directory: string): LockedPackage[] {
  const text = readFileSync(join(directory, 'node_modules', '.package-lock.json'), 'utf8');
  return Object.entries(JSON.parse(text).packages);
}

const packagesWithInstallScripts = (directory: string): string[] =>
  lockedPackages(directory).flatMap(([path, { hasInstallScript }]) => (hasInstallScript ? [path] : []));
