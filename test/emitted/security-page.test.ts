import { describe, expect, it } from 'vitest';
import { readOverlays } from '../../src/build/read-overlays.ts';
import { plan } from '../../src/plan/plan.ts';
import { requirementsOf } from '../../src/plan/requirements.ts';
import { answersOf } from '../support/answers.ts';
import { overlaysOf } from '../support/overlays.ts';
import { combinations, named } from './support/combinations.ts';

/** Whether SECURITY.md tells an owner of each protection that is proven, and of nothing that is not there. */

const overlays = overlaysOf(readOverlays('templates'));

/** A standard is written once for the ids that follow it. Of these it is a part of the id. */
const PARTS_OF_IDS = ['NIST', 'SMCS'];
const STANDARD = /^(ASVS|NIST|SMCS|RFC 6265bis|OWASP|own) /;

const projects = [
  ...combinations(),
  { name: 'express-postgres without pages', flags: ['--no-pages'] },
  {
    name: 'koa-redis with a sign-in at a provider',
    flags: ['--framework', 'koa', '--store', 'redis', '--auth', 'oidc'],
  },
];

describe.each(named(projects))('SECURITY.md of %s', (_name, { flags }) => {
  it('names every requirement that tests prove, in the row of its protection', async () => {
    const { rows, requirements } = await page(flags);
    const told = new Set(rows.flatMap(({ standard }) => idsIn(standard)));
    const proven = requirements.filter(({ status }) => !status).map(({ id }) => id);
    expect(proven.filter((id) => !told.has(id))).toEqual([]);
  });

  it('names no requirement and no file that is not there', async () => {
    const { rows, requirements, paths } = await page(flags);
    const known = requirements.map(({ id }) => id);
    expect(rows.flatMap(({ standard }) => idsIn(standard)).filter((id) => !known.includes(id))).toEqual([]);
    const files = rows.flatMap(({ where, tests }) => [
      ...namesIn(where).map((name) => (name.startsWith('../') ? name.slice(3) : `src/${name}`)),
      ...namesIn(tests).map((name) => `test/${name}.test.ts`),
    ]);
    const isThere = (file: string) => paths.some((path) => path === file || path.startsWith(file));
    expect(files.filter((file) => !isThere(file))).toEqual([]);
  });
});

it.each([
  ['ASVS 7.2.4, 7.2.1, NIST 5.1, 5.1 content', ['7.2.4', '7.2.1', 'NIST 5.1', 'NIST 5.1 content']],
  ['SMCS name, CSRF', ['SMCS name', 'CSRF']],
  ['RFC 6265bis cookie deletion, own store.hash', ['cookie deletion', 'store.hash']],
  ['–', []],
])('"%s" names %j', (standard, ids) => expect(idsIn(standard)).toEqual(ids));

// --- internal ---

interface Row {
  where: string;
  tests: string;
  standard: string;
}

async function page(flags: readonly string[]) {
  const answers = await answersOf('app', ...flags);
  const { files } = plan(answers, overlays);
  const text = files.find(({ path }) => path === 'SECURITY.md')?.contents ?? '';
  const table = text.split('| protection | against |')[1]?.split('\n\n')[0] ?? '';
  const rows = table.split('\n').slice(2).filter(Boolean).map(rowOf);
  return { rows, requirements: requirementsOf(answers, overlays), paths: files.map(({ path }) => path) };
}

function rowOf(line: string): Row {
  const [where = '', tests = '', standard = ''] = line.split(' | ').slice(2);
  return { where, tests, standard: standard.replace(/ \|$/, '') };
}

function idsIn(standard: string): string[] {
  let part = '';
  return standard
    .split(', ')
    .filter((item) => item !== '–')
    .map((item) => {
      if (item === 'CSRF') return item;
      const [, name = ''] = STANDARD.exec(item) ?? [];
      if (name) part = PARTS_OF_IDS.includes(name) ? `${name} ` : '';
      return part + (name ? item.slice(name.length + 1) : item);
    });
}

const namesIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
