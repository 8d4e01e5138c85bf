import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { ProgramMissing } from './databases/server-process.ts';
import { filesOf } from './emitted/support/emit.ts';
import { actionlint } from './support/actionlint.ts';
import { temporaryDirectory } from './support/temporary.ts';

/** Whether GitHub can run our workflows and those of projects, as far as that shows before it does. */

const OURS = '.github/workflows';
const ofProject = ['npm', 'pnpm', 'yarn', 'bun'].flatMap((manager) =>
  ['postgres', 'redis', 'mongo'].map((store) => ({ store, manager })),
);

/** Whatever REQUIRE_DATABASE says: this is no database, and it is built only where there is Go. */
function lint(context: TestContext, file: string): string[] {
  try {
    return actionlint(file);
  } catch (error) {
    if (error instanceof ProgramMissing) context.skip(error.message);
    throw error;
  }
}

async function workflowOf(...flags: string[]): Promise<string> {
  const files = await filesOf('my-app', ['--ci', 'github', ...flags]);
  return files.find(({ path }) => path === '.github/workflows/ci.yml')?.contents ?? '';
}

function written(text: string): string {
  const file = join(temporaryDirectory(), 'ci.yml');
  writeFileSync(file, text);
  return file;
}

describe('actionlint', () => {
  it.for(readdirSync(OURS))('has no objection to our %s', (name, context) => {
    expect(lint(context, join(OURS, name))).toEqual([]);
  });

  it.for(ofProject)(
    'has no objection to that of a project on $store with $manager',
    async ({ store, manager }, context) => {
      const workflow = await workflowOf('--store', store, '--package-manager', manager);
      expect(workflow).toContain('TEST_DATABASE_URL');
      expect(lint(context, written(workflow))).toEqual([]);
    },
  );

  it('objects to an unknown key and to an input that an action does not have', async (context) => {
    const workflow = await workflowOf();
    expect(lint(context, written(workflow.replace('timeout-minutes', 'timeout-minute')))).toEqual([
      expect.stringContaining('unexpected key "timeout-minute" for "job" section'),
    ]);
    expect(lint(context, written(workflow.replace('node-version:', 'node-versions:')))).toEqual([
      expect.stringContaining('input "node-versions" is not defined in action "actions/setup-node@v5"'),
    ]);
  });
});
