import { expect, it } from 'vitest';
import type { OverlayTexts } from '../../src/build/read-overlays.ts';
import { plan } from '../../src/plan/plan.ts';
import { requirementsOf } from '../../src/plan/requirements.ts';
import { answersOf } from '../support/answers.ts';
import { overlaysOf } from '../support/overlays.ts';

const FILE = 'overlay.requirements.json';

const row = {
  id: '7.2.4',
  standard: 'ASVS 5.0.0',
  level: '1',
  title: 'A new id',
  threat: '',
  tests: [{ file: 'test/<%- answers.framework %>.test.ts', name: 'gives a new id' }],
};
const other = { ...row, id: '7.6.1', tests: undefined, status: 'not-applicable', reason: 'None.' };

const BASE = { 'package.json': '{}', [FILE]: JSON.stringify({ requirements: [row, other] }) };

const requirementsIn = async (texts: OverlayTexts) =>
  requirementsOf(await answersOf('my-app'), overlaysOf(texts));

it('replaces a row of the same id in place', async () => {
  const mine = { ...other, id: '7.2.4', title: 'store' };
  const rows = await requirementsIn({
    base: BASE,
    'store-postgres': { [FILE]: JSON.stringify({ requirements: [mine] }) },
  });
  expect(rows.map(({ id, title }) => [id, title])).toEqual([
    ['7.2.4', 'store'],
    ['7.6.1', 'A new id'],
  ]);
});

it('has the tests as rendered, and more tests from a later overlay', async () => {
  const later = { file: 'test/postgres.test.ts', name: 'stores a new id' };
  const rows = await requirementsIn({
    base: BASE,
    'store-postgres': { [FILE]: JSON.stringify({ tests: { '7.2.4': [later] } }) },
  });
  expect(rows).toEqual([
    { ...row, tests: [{ file: 'test/express.test.ts', name: 'gives a new id' }, later] },
    JSON.parse(JSON.stringify(other)),
  ]);
});

it('refuses tests for what no earlier overlay proves', async () => {
  const tests = { '9.9.9': [{ file: 'test/postgres.test.ts', name: 'stores a new id' }] };
  const texts = { base: BASE, 'store-postgres': { [FILE]: JSON.stringify({ tests }) } };
  await expect(requirementsIn(texts)).rejects.toThrow('no overlay before store-postgres proves 9.9.9');
});

it('is not emitted', async () => {
  const { files } = plan(await answersOf('my-app'), overlaysOf({ base: BASE }));
  expect(files.map(({ path }) => path)).toEqual(['package.json', '.secure-session.json']);
});
