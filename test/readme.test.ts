import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import overlays from 'virtual:overlays';
import { describe, expect, it } from 'vitest';
import { helpText, optionHelp, runFlagHelp } from '../src/ask/help.ts';
import { EXIT_CODES } from '../src/errors.ts';
import { OPTION_ROWS } from '../src/options/options.ts';
import { completeProject } from '../src/plan/project.ts';
import { RUN_FILE, recordRun } from './showcase/record.ts';
import { treeOf } from './showcase/tree.ts';
import { answersOf } from './support/answers.ts';
import { robustnessTable } from './support/robustness-table.ts';

const PATH = 'README.md';

const escaped = (text: string): string => text.replaceAll('|', '\\|');

function optionsTable(): string {
  const rows = [...optionHelp(), ...runFlagHelp()].map(({ usage, help, standard }) => {
    return `| \`${escaped(usage)}\` | ${escaped(help)} | ${standard && `\`${standard}\``} |`;
  });
  return ['| Option | What it is | Default |', '|---|---|---|', ...rows].join('\n');
}

function exitCodesTable(): string {
  const rows = EXIT_CODES.map(([code, meaning]) => `| ${code} | ${meaning} |`);
  return ['| Code | Meaning |', '|---|---|', ...rows].join('\n');
}

async function projectTree(): Promise<string> {
  const { files } = completeProject(await answersOf('my-app'), overlays);
  return ['```text', treeOf('my-app', files), '```'].join('\n');
}

/** The readme with the text between two markers replaced. */
function withSection(readme: string, name: string, text: string): string {
  const marker = new RegExp(`(<!-- ${name}:[^\\n]*-->\\n)[^]*?(<!-- /${name} -->)`);
  expect(readme).toMatch(marker);
  return readme.replace(marker, (_all, open, close) => `${open}${text}\n${close}`);
}

describe('README.md', () => {
  it('has the tables as the code has them, and the tree of a project', async () => {
    const readme = readFileSync(PATH, 'utf8');
    const sections = {
      tree: await projectTree(),
      options: optionsTable(),
      'exit codes': exitCodesTable(),
      robustness: robustnessTable(),
    };
    const expected = Object.entries(sections).reduce(
      (text, [name, section]) => withSection(text, name, section),
      readme,
    );
    if (process.env.UPDATE_README) writeFileSync(PATH, expected);
    else expect(readme).toBe(expected);
  });

  it('shows a run as it is', async () => {
    const picture = await recordRun();
    if (process.env.UPDATE_README) writeFileSync(RUN_FILE, picture);
    else expect(picture).toBe(readFileSync(RUN_FILE, 'utf8'));
  });

  it('shows only pictures that exist', () => {
    const paths = [...readFileSync(PATH, 'utf8').matchAll(/(?:src|srcset)="([^"]+)"/g)].map(
      ([, path]) => path ?? '',
    );
    expect(paths).toContain(RUN_FILE);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('helpText', () => {
  it.each(OPTION_ROWS.filter(([name]) => name !== 'directory'))('shows --%s', (_name, { flag }) => {
    expect(helpText()).toContain(`--${flag}`);
  });

  it('is no wider than it must be to be read', () => {
    const longest = Math.max(
      ...helpText()
        .split('\n')
        .map((line) => line.length),
    );
    expect(longest).toBeLessThanOrEqual(160);
  });
});
