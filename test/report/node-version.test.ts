import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { endOfLifeWarnings } from '../../src/report/node-version.ts';

const source = readFileSync('bin/create-secure-session-app.js', 'utf8').replace(/^#!.*/, '');

/** Runs bin/ as a Node of that version would, up to where it loads the bundle. */
function startOn(version: string): { started: boolean; errors: string[]; exitCode: number | undefined } {
  const errors: string[] = [];
  let started = false;
  const process: { versions: { node: string }; exitCode?: number } = { versions: { node: version } };
  const start = () => {
    started = true;
  };
  runInNewContext(source, {
    process,
    console: { error: (text: string) => errors.push(text) },
    require: () => ({ start }),
  });
  return { started, errors, exitCode: process.exitCode };
}

describe('bin/create-secure-session-app.js', () => {
  it.each(['20.19.0', '20.20.2', '22.13.0', '22.23.1', '24.0.0', '26.10.0'])(
    'starts on Node %s',
    (version) => {
      expect(startOn(version)).toEqual({ started: true, errors: [], exitCode: undefined });
    },
  );

  it.each(['0.12.18', '8.17.0', '18.20.8', '20.18.3', '21.7.3', '22.12.0', '23.11.0'])(
    'tells Node %s, in one line, what it needs',
    (version) => {
      const { started, errors, exitCode } = startOn(version);
      expect({ started, exitCode }).toEqual({ started: false, exitCode: 2 });
      expect(errors).toHaveLength(1);
      expect(errors[0]).toContain(`this is Node ${version}`);
      expect(errors[0]).not.toContain('\n');
    },
  );

  it('knows the range that package.json declares', () => {
    expect(JSON.parse(readFileSync('package.json', 'utf8')).engines.node).toBe(
      '^20.19.0 || ^22.13.0 || >=24',
    );
  });

  it('is written in syntax that every Node can read', () => {
    expect(source).not.toMatch(/=>|`|\b(let|const|class|async|await|import)\b|\?\.|\?\?|\.\.\./);
    expect(source, 'a comma after the last argument is of 2017').not.toMatch(/,\s*\)/);
  });
});

describe('endOfLifeWarnings', () => {
  it.each([
    ['20.20.2', '2026-11-20', 1],
    ['20.20.2', '2026-04-01', 0],
    ['22.13.0', '2026-11-20', 0],
    ['24.1.0', '2026-11-20', 0],
    ['99.0.0', '2026-11-20', 0],
  ])('of Node %s on %s are %i', (version, day, count) => {
    expect(endOfLifeWarnings(version, new Date(day))).toHaveLength(count);
  });
});
