import type { PlannedFile } from '../../src/plan/planned-file.ts';

/** Every folder of a project, and the files to open first → what it is for. */
const PURPOSES: Readonly<Record<string, string>> = {
  'certs/': 'the development certificate and its CA; never committed',
  'migrations/': 'the database schema, as numbered SQL',
  'public/': 'pages for sign-in and account',
  'scripts/': 'npm run dev with its embedded database, certificates, admin commands',
  'src/': 'the app',
  'src/database/': 'every SQL statement',
  'src/protection/': 'one attack per file: cross-site requests, password guessing, …',
  'src/routes/': 'the JSON API: sign-in, sessions, and a cart as the example',
  'src/session/': 'where sessions begin, get a new id and end',
  'src/users/': 'accounts and passwords',
  'src/app.ts': 'what happens to a request, from top to bottom',
  'src/security-policy.ts': 'every number, with its unit, its reason and its standard',
  'test/': 'one file per behaviour, over HTTPS against the real app',
  'test/serial/': 'what must not run beside other tests',
  'test/support/': 'the test app, a browser with a cookie jar, a database that fails on demand',
  '.env': 'secrets and settings of this machine; never committed',
  '.secure-session.json': 'the generator’s version, your answers, a hash of each file',
  'README.md': 'commands, API, how to extend it, production',
  'SECURITY.md': 'each protection: the attack, the code, the test, the standard',
};

/** Where the purposes begin. */
const COLUMN = 28;

/** The folders of a project and a few of its files, with the purpose of each. */
export function treeOf(name: string, files: readonly PlannedFile[]): string {
  const paths = files.map(({ path }) => path);
  const folders = new Set(paths.flatMap(foldersOf));
  const missing = Object.keys(PURPOSES).filter((path) => !folders.has(path) && !paths.includes(path));
  const unknown = [...folders].filter((folder) => !PURPOSES[folder]);
  if (missing.length + unknown.length > 0) {
    throw new Error(`not in the project: ${missing.join()}; without a purpose: ${unknown.join()}`);
  }
  return [row(`${name}/`, `${paths.length} files`), ...rowsIn('', '')].join('\n');
}

// --- internal ---

/** a/b/c.ts → a/, a/b/ */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_part, index) => `${parts.slice(0, index + 1).join('/')}/`);
}

function rowsIn(folder: string, indent: string): string[] {
  const children = Object.keys(PURPOSES).filter(
    (path) => /^[^/]+\/?$/.test(path.slice(folder.length)) && path.startsWith(folder),
  );
  return children.flatMap((path, index) => {
    const isLast = index === children.length - 1;
    const name = `${indent}${isLast ? '└── ' : '├── '}${path.slice(folder.length)}`;
    return [row(name, PURPOSES[path] ?? ''), ...rowsIn(path, `${indent}${isLast ? '    ' : '│   '}`)];
  });
}

const row = (name: string, purpose: string): string => `${name.padEnd(COLUMN)}${purpose}`;
