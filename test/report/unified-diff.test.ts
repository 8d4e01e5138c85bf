import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../support/fuzz-seed.ts';
import { unifiedDiff } from '../../src/report/unified-diff.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', 'two words'), { maxLength: 30 });
const text = fc
  .tuple(lines, fc.boolean())
  .map(([all, ends]) => all.join('\n') + (ends && all.length > 0 ? '\n' : ''));

describe('unifiedDiff', () => {
  it('is nothing between equal texts', () => {
    fc.assert(fc.property(text, (same) => unifiedDiff(same, same) === ''));
  });

  it('leads from the one text to the other, as patch reads it', () => {
    const directory = temporaryDirectory();
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== '' && after !== '' && before !== after);
        const file = join(directory, 'file');
        writeFileSync(file, before);
        const patch = `--- a/file\n+++ b/file\n${unifiedDiff(before, after)}\n`;
        execFileSync('git', ['apply', '--unidiff-zero', '-'], { cwd: directory, input: patch });
        expect(readFileSync(file, 'utf8')).toBe(after);
      }),
      { numRuns: 60 },
    );
  });
});
