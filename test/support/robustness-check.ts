import { join } from 'node:path';
import { expect } from 'vitest';
import type { Run } from './program.ts';
import type { Situation } from './robustness-table.ts';
import { snapshotOf, temporaryDirectory } from './temporary.ts';

/** The rest of Run, as far as a situation has it. */
export type Ending = Pick<Run, 'code'> & Partial<Run>;

/** Carries it out and compares exit code, message and disk with the row of the table. */
export async function holds(
  { exit, says, disk }: Situation,
  act: (cwd: string) => Promise<Ending>,
  { prepare = (_cwd: string) => {}, project = 'my-app' } = {},
): Promise<void> {
  const cwd = temporaryDirectory();
  prepare(cwd);
  const before = snapshotOf(cwd);
  const { code, stdout = '', stderr = '' } = await act(cwd);
  expect(`${stdout}${stderr}`).toContain(says);
  expect(code).toBe(exit);
  expect(`${stdout}${stderr}`).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  if (disk === 'as before') expect(snapshotOf(cwd)).toEqual(before);
  else expectComplete(cwd, project);
}

/** The manifest is written last and names every other file; no stage is left. */
export function expectComplete(cwd: string, project: string): void {
  const after = snapshotOf(cwd);
  const manifest = JSON.parse(after[join(project, '.secure-session.json')] ?? '{"files":{}}');
  const files = Object.keys(manifest.files);
  expect(files.length).toBeGreaterThan(50);
  for (const path of [...files, '.env', 'certs/server-key.pem'])
    expect(after).toHaveProperty([join(project, path)]);
  expect(Object.keys(after).filter((path) => path.includes('.stage-'))).toEqual([]);
}
