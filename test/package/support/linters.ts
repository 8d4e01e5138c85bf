import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installed } from '../../bench/support/cache.ts';

/** What is wrong with a tarball: the names of the findings, each with where it is. */
export type Linter = (tarball: string) => Promise<string[]>;

// Exact: a newer one with another opinion is no change of ours.
const PACKAGES = { dependencies: { publint: '0.3.25', '@arethetypeswrong/core': '0.18.5' } };

export interface Linters {
  /** Whether package.json and the files that it names are what Node and bundlers take them for. */
  publint: Linter;
  /** Whether TypeScript finds the types under each way of resolving modules, and whether they are the code's. */
  attw: Linter;
}

/** Installed outside the repository, as they bring another compiler. */
export async function linters(): Promise<Linters> {
  const folder = await installed('package-linters', PACKAGES);
  const { resolve } = createRequire(join(folder, 'package.json'));
  const load = (name: string) => import(pathToFileURL(resolve(name)).href);
  const { publint } = await load('publint');
  const { checkPackage, createPackageFromTarballData } = await load('@arethetypeswrong/core');
  return {
    async publint(tarball) {
      const bytes = Uint8Array.from(readFileSync(tarball));
      const { messages } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
      return messages.map(({ code, path }: Message) => `${code} ${path.join('.')}`.trim());
    },
    async attw(tarball) {
      const { types, problems } = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
      return types
        ? problems.map(({ kind, resolutionKind }: Problem) => `${kind} ${resolutionKind}`)
        : ['NoTypes'];
    },
  };
}

// --- internal ---

interface Message {
  code: string;
  path: string[];
}

interface Problem {
  kind: string;
  resolutionKind?: string;
}
