import { decide } from './answers.ts';
import type { Request } from './args.ts';
import { EXIT, type ExitCode } from './errors.ts';
import { isInteractive } from './interactivity.ts';
import { detectPackageManager } from './package-manager.ts';
import { loadOverlays } from './packed-overlays.ts';
import { completeProject } from './project.ts';
import * as report from './report.ts';
import { runSteps } from './steps/run-steps.ts';
import { writeProject } from './target.ts';
import { checkTarget } from './target-check.ts';
import type { World } from './world.ts';

/** From what was asked for to a project that is there: the steps in order. Nothing is written before the plan is whole. */
export async function generate({ given, run }: Request, world: World): Promise<ExitCode> {
  const say = (text: string) => text !== '' && world.stdout.write(`${text}\n`);
  if (given.directory) checkTarget(given.directory);

  const around = { cwd: world.cwd, packageManager: detectPackageManager(world.env) };
  const prompts = isInteractive(run, world)
    ? (await import('./prompts.ts')).terminalPrompts(world)
    : undefined;
  const { answers, defaulted } = await decide(given, around, prompts?.ask);
  if (prompts) prompts.end();
  else say(report.defaultsTaken(answers, defaulted, world.cwd));

  checkTarget(answers.directory);
  const project = completeProject(answers, loadOverlays());
  if (run.has('dry-run')) {
    say(report.fileList(project.files));
    return EXIT.done;
  }
  await writeProject(answers.directory, project.files);
  say(report.written(answers.directory, project, world.cwd));

  const results = await runSteps(answers, world, (result) => say(report.stepLine(result)));
  say(report.ending(project.view, results, world));
  if (world.signal.aborted) return EXIT.cancelled;
  return results.some(({ status }) => status === 'failed') ? EXIT.laterStepFailed : EXIT.done;
}
