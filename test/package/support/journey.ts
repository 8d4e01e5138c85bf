import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { RunningServer } from '../../databases/server-process.ts';
import { REPORT_ARGUMENTS, readSuiteReport } from '../../support/suite-report.ts';
import { signsInAndOut } from '../scenarios/sign-in.ts';
import type { Circumstances } from './commands.ts';
import { COMPLAINT, installed } from './install.ts';
import { type Choice, Project } from './project.ts';
import { steps } from './steps.ts';

export interface Journey extends Choice {
  /** What the suite of the project runs on, and the server of the last steps. */
  startDatabase: () => Promise<RunningServer>;
  /** The suite starts a database of its own instead, as its owner first sees it. PostgreSQL's cannot show everything. */
  isSuiteOnItsOwn?: boolean;
  /** Another Node or package manager, looked up when the journey begins. */
  circumstances?: () => Promise<Circumstances>;
}

/** The way every user goes: generate, install, check, test, sign in. More steps may follow on the same project. */
export function journey(
  title: string,
  { startDatabase, isSuiteOnItsOwn = false, circumstances = async () => ({}), ...choice }: Journey,
  more?: (
    step: ReturnType<typeof steps>,
    current: () => { project: Project; database: RunningServer },
  ) => void,
): void {
  describe(title, () => {
    const step = steps();
    let project: Project;
    let database: RunningServer;
    const say = (text: string) => process.stdout.write(`package ${title}: ${text}\n`);

    beforeAll(async () => {
      project = await Project.in(choice, await circumstances());
      database = await startDatabase();
    });
    afterAll(() => database?.stop());

    step('is generated and installed without a complaint or an install script, and committed', async () => {
      const { code, output } = await project.generate();
      expect(code, output).toBe(0);
      expect(output).not.toMatch(COMPLAINT);
      const { packages, megabytes } = await installed(project);
      say(`${packages} packages installed, ${megabytes} MB`);
      const status = await project.run('git', 'status', '--porcelain');
      expect(status).toEqual({ code: 0, output: '' });
      expect((await project.run('git', 'log', '--format=%an')).output).toBe('Test');
    });

    step('passes its check', async () => {
      const { code, output } = await project.script('check');
      expect(code, output).toBe(0);
    });

    step('passes its suite', async () => {
      const env = { REQUIRE_DATABASE: '1', ...(!isSuiteOnItsOwn && { TEST_DATABASE_URL: database.url }) };
      const { code, output } = await project.script('test', { env, args: [...REPORT_ARGUMENTS] });
      expect(code, output).toBe(0);
      const { passed, skipped } = readSuiteReport(project.directory);
      say(`${passed} tests passed in ${/^\s*Duration\s+(\S+)/m.exec(output)?.[1]}`);
      expect(passed).toBeGreaterThan(300);
      if (!isSuiteOnItsOwn) expect(skipped, output).toBe(0);
    });

    step('signs people in and out, and a cookie of before serves no more', async () => {
      const env = project.database(database.url);
      const { code, output } = await project.script('admin', { args: ['migrate'], env }); // compiles first
      expect(code, output).toBe(0);
      const server = await project.serve(env);
      await signsInAndOut(project);
      expect(await server.end('SIGTERM')).toBe(0);
    });

    more?.(step, () => ({ project, database }));
  });
}
