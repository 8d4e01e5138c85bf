import { decide } from '../ask/answers.ts';
import type { Request } from '../ask/args.ts';
import { isInteractive } from '../ask/interactivity.ts';
import { EXIT, type ExitCode, UserError } from '../errors.ts';
import type { Answers } from '../options/options.ts';
import { detectPackageManager } from '../options/package-manager.ts';
import { loadOverlays } from '../plan/packed-overlays.ts';
import { plan } from '../plan/plan.ts';
import { completeProject } from '../plan/project.ts';
import { describeProject } from '../plan/view.ts';
import { endOfLifeWarnings } from '../report/node-version.ts';
import { isAnimated, spin } from '../report/progress.ts';
import * as report from '../report/report.ts';
import type { World } from '../world.ts';
import { compare, refuseDifferences } from '../write/compare.ts';
import { writeProject } from '../write/target.ts';
import { checkTarget, obstacleIn } from '../write/target-check.ts';
import { runSteps } from './run-steps.ts';

/** From what was asked for to a project that is there: the steps in order. Nothing is written before the plan is whole. */
export async function create({ given: byFlags, run }: Request, world: World): Promise<ExitCode> {
  const isJson = run.has('json');
  const isDryRun = run.has('dry-run');
  const mayHoldFiles = isDryRun || run.has('explain') || run.get('on-conflict') === 'merge';
  const progress = isJson ? world.stderr : world.stdout;
  const say = (text: string) => text !== '' && progress.write(`${text}\n`);

  const config = run.get('config');
  const given = config
    ? { ...(await (await import('../ask/config-file.ts')).readConfig(config, world)), ...byFlags }
    : byFlags;
  if (given.directory) checkTarget(given.directory, mayHoldFiles);

  const around = { cwd: world.cwd, packageManager: detectPackageManager(world.env) };
  const prompts = isInteractive(run, world)
    ? (await import('../ask/prompts.ts')).terminalPrompts(world, given, mayHoldFiles)
    : undefined;
  const { answers, defaulted } = await decide(given, around, prompts?.ask, prompts?.review);
  if (prompts) prompts.end();
  else say(report.defaultsTaken(answers, defaulted, world.cwd));

  if (run.has('explain')) {
    const { explainDocument, explainText } = await import('../report/explain.ts');
    const planned = plan(answers, loadOverlays(answers));
    const text = isJson ? JSON.stringify(explainDocument(planned), null, 2) : explainText(planned);
    world.stdout.write(`${text}\n`);
    return EXIT.done;
  }
  if (run.has('verify')) refuseVerify(answers, isDryRun);
  checkTarget(answers.directory, mayHoldFiles);
  const usesMkcert = answers.tls === 'mkcert' && !isDryRun;
  const certificates = usesMkcert
    ? (await import('../steps/mkcert.ts')).mkcertCertificates(describeProject(answers).hostnames, world.env)
    : undefined;
  const project = completeProject(answers, loadOverlays(answers), certificates);
  const warnings = endOfLifeWarnings(process.versions.node, new Date());
  const compared = compare(answers.directory, project.files);
  const finish = async (exitCode: ExitCode, steps: report.Results = []): Promise<ExitCode> => {
    if (!isJson) return exitCode;
    const { runDocument } = await import('../report/json-report.ts');
    const result = { answers, defaulted, compared, isDryRun, steps, view: project.view, warnings };
    world.stdout.write(`${JSON.stringify(runDocument(result, exitCode, world.cwd), null, 2)}\n`);
    return exitCode;
  };
  if (isDryRun) {
    const obstacle = run.get('on-conflict') === 'merge' ? undefined : obstacleIn(answers.directory);
    say((await import('../report/preview.ts')).previewText(compared, obstacle));
    return finish(EXIT.done);
  }
  for (const warning of warnings) world.stderr.write(`${warning}\n`);
  refuseDifferences(answers.directory, compared);
  const missing = compared.filter(({ state }) => state === 'create').map(({ file }) => file);
  await writeProject(answers.directory, missing);
  // Writing lets nothing else run; a signal that came meanwhile is heard now.
  await new Promise(setImmediate);
  say(report.written(answers.directory, project, missing.length, world.cwd));

  const isWatched = !isJson && isAnimated(world);
  const results = await runSteps(
    answers,
    { env: world.env, signal: world.signal, output: isWatched ? 'kept' : 'shown' },
    run.has('verify'),
    {
      watch: (label, step) => {
        if (isWatched) return spin(label, step, world.stdout);
        say(`… ${label}`);
        return step();
      },
      onResult: (result) => say(report.stepLine(result)),
    },
  );
  say(report.ending(project.view, results, world));
  if (world.signal.aborted) return finish(EXIT.cancelled, results);
  const hasFailed = results.some(({ status }) => status === 'failed');
  return finish(hasFailed ? EXIT.laterStepFailed : EXIT.done, results);
}

// --- internal ---

function refuseVerify(answers: Answers, isDryRun: boolean): void {
  const other = isDryRun ? '--dry-run' : answers.install ? undefined : '--no-install';
  if (!other) return;
  throw new UserError(
    'conflict',
    `--verify runs the tests of a project that is installed, and ${other} leaves none`,
    {
      flag: 'verify',
      fix: 'Leave out one of the two.',
    },
  );
}
