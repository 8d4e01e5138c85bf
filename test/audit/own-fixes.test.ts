import { describe, expect, it } from 'vitest';
import { CHECKS, LAST_CHECKS } from '../../src/commands/audit/checks/index.ts';
import { combinations, named } from '../emitted/support/combinations.ts';
import { wholeProject } from '../emitted/support/emit.ts';

describe.each(named(combinations()))('a finding in %s', (_name, { flags }) => {
  it('names a file of the project, and what to look at in it', async () => {
    const files = new Map((await wholeProject(flags)).map(({ path, contents }) => [path, String(contents)]));
    const lost = [...CHECKS, ...LAST_CHECKS].filter(({ own = '' }) => {
      const [file = '', symbol = ''] = own.split(' ');
      const name = symbol.split('.').at(-1) ?? '';
      return own !== '' && !new RegExp(`\\b${name}\\b`).test(files.get(file) ?? '');
    });
    expect(lost.map(({ id, own }) => `${id} ${own}`)).toEqual([]);
  });
});
