import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { helpText, optionHelp, runFlagHelp } from '../src/ask/help.ts';
import { EXIT_CODES } from '../src/errors.ts';
import { OPTION_ROWS } from '../src/options/options.ts';
import { runProgram } from './support/program.ts';
import { robustnessTable } from './support/robustness-table.ts';
import { temporaryDirectory } from './support/temporary.ts';

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

/** The readme with the text between two markers replaced. */
function withSection(readme: string, name: string, text: string): string {
  const marker = new RegExp(`(<!-- ${name}:[^\\n]*-->\\n)[^]*?(<!-- /${name} -->)`);
  expect(readme).toMatch(marker);
  return readme.replace(marker, (_all, open, close) => `${open}${text}\n${close}`);
}

describe('README.md', () => {
  it('lists exactly the options of the option table, and the exit codes', () => {
    const readme = readFileSync(PATH, 'utf8');
    const sections = {
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

  it('shows the end of a run as it is', async () => {
    const { stdout } = await runProgram(['my-app', '--no-install', '--yes'], { cwd: temporaryDirectory() });
    expect(readFileSync(PATH, 'utf8')).toContain(stdout.slice(stdout.indexOf('✔ my-app')));
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
