import { describe, expect, it } from 'vitest';
import { mergePackageJson } from '../../src/plan/package-json.ts';

const VERSIONS = { express: '^5.0.0', pg: '^8.0.0', zod: '^4.0.0' };

describe('mergePackageJson', () => {
  it('merges objects deeply, replaces everything else, and names the project', () => {
    const parts = [
      { name: 'template', type: 'module', scripts: { dev: 'a', test: 'b' }, files: ['x'] },
      { scripts: { dev: 'c' }, files: ['y'] },
    ];
    expect(mergePackageJson('my-app', parts, VERSIONS)).toEqual({
      name: 'my-app',
      type: 'module',
      scripts: { dev: 'c', test: 'b' },
      files: ['y'],
    });
  });

  it('puts the name first, as npm does', () => {
    expect(Object.keys(mergePackageJson('my-app', [{ version: '0.0.0' }], VERSIONS))).toEqual([
      'name',
      'version',
    ]);
  });

  it('sorts dependencies by name and gives each the version our own tests run on', () => {
    const parts = [{ dependencies: { zod: '*', express: '*' } }, { dependencies: { pg: '*' } }];
    const { dependencies } = mergePackageJson('my-app', parts, VERSIONS);
    expect(Object.entries(dependencies as object)).toEqual([
      ['express', '^5.0.0'],
      ['pg', '^8.0.0'],
      ['zod', '^4.0.0'],
    ]);
  });

  it('has an internal error for a dependency that our tests do not run on', () => {
    expect(() => mergePackageJson('a', [{ devDependencies: { 'left-pad': '*' } }], VERSIONS)).toThrow(
      'left-pad',
    );
  });

  it('has an internal error for a version in a template', () => {
    expect(() => mergePackageJson('a', [{ dependencies: { express: '^4.0.0' } }], VERSIONS)).toThrow(
      'write "*"',
    );
  });
});
