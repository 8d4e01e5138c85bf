import { stripVTControlCharacters } from 'node:util';
import { decide } from '../ask/answers.ts';
import type { Request } from '../ask/args.ts';
import { isInteractive } from '../ask/interactivity.ts';
import { EXIT, type ExitCode, UserError } from '../errors.ts';
import { legible } from '../legible.ts';
import type { Answers } from '../options/options.ts';
import { detectPackageManager } from '../options/package-manager.ts';
import { projectName } from '../options/values/project-names.ts';
import { loadOverlays } from '../plan/packed-overlays.ts';
import { completeProject } from '../plan/project.ts';
import { describeProject } from '../plan/view.ts';
import { endOfLifeWarnings } from '../report/node-version.ts';
import { deliver, print } from '../report/print.ts';
import { isAnimated, spin } from '../report/progress.ts';
import * as report from '../report/report.ts';
import type { World } from '../world.ts';
import { whileClaimed } from '../write/claim.ts';
import { compare, refuseDifferences } from '../write/compare.ts';
import { writeProject } from '../write/target.ts';
import { checkTarget, obstacleIn } from '../write/target-check.ts';
import { runSteps } from './run-steps.ts';

/** Creates a project: every step in order. Nothing is written until the whole plan exists. */
export async function create({ given, run }: Request, world: World): Promise<ExitCode> {
  const isJson = run.has('json');
  const isDryRun = run.has('dry-run');
  const isMerge = run.get('on-conflict') === 'merge';
  const mayHoldFiles = isDryRun || isMerge || run.has('explain');
  const say: Say = (text) => print(isJson ? world.stderr : world.stdout, text);

  const { answers, defaulted } = await takeAnswers({ given, run }, world, mayHoldFiles, say);
  if (run.has('explain')) return explain(answers, isJson, world);
  if (run.has('verify')) refuseVerify(answers, isDryRun);
  checkTarget(answers.directory, mayHoldFiles);

  const certificates = isDryRun ? undefined : await certificatesByMkcert(answers, world);
  const project = completeProject(answers, loadOverlays(answers), certificates);
  const compared = compare(answers.directory, project.files);
  const warnings = endOfLifeWarnings(process.versions.node, new Date());
  const finish = async (exitCode: ExitCode, steps: report.Results = []): Promise<ExitCode> => {
    if (!isJson) return exitCode;
    const { runDocument } = await import('../report/json-report.ts');
    const result = { answers, defaulted, compared, isDryRun, steps, view: project.view, warnings };
    const document = JSON.stringify(runDocument(result, exitCode, world.cwd), null, 2);
    const isPrinted = await deliver(world.stdout, document);
    return isPrinted || exitCode !== EXIT.done ? exitCode : EXIT.laterStepFailed;
  };
  if (isDryRun) {
    const { previewText } = await import('../report/preview.ts');
    say(previewText(compared, isMerge ? undefined : obstacleIn(answers.directory)));
    return finish(EXIT.done);
  }

  for (const warning of warnings) print(world.stderr, warning);
  return whileClaimed(answers.directory, async () => {
    // Once more: another run may have written the directory since, and its files would look like ours.
    checkTarget(answers.directory, mayHoldFiles);
    refuseDifferences(answers.directory, compared);
    const missing = compared.filter(({ state }) => state === 'create').map(({ file }) => file);
    await writeProject(answers.directory, missing);
    // Writing is synchronous: a signal that arrived meanwhile is delivered now.
    await new Promise(setImmediate);
    say(report.written(answers.directory, project, missing.length, world.cwd));

    const results = await runStepsInSight(
      answers,
      world,
      run.has('verify'),
      !isJson && isAnimated(world),
      say,
    );
    say(report.ending(project.view, results, world));
    if (world.signal.aborted) return finish(EXIT.cancelled, results);
    const hasFailed = results.some(({ status }) => status === 'failed');
    return finish(hasFailed ? EXIT.laterStepFailed : EXIT.done, results);
  });
}

// --- internal ---

type Say = (text: string) => void;

/** From the flags, the config document, the prompts and the defaults. */
async function takeAnswers({ given: byFlags, run }: Request, world: World, mayHoldFiles: boolean, say: Say) {
  const config = run.get('config');
  const given = config
    ? { ...(await (await import('../ask/config-file.ts')).readConfig(config, world)), ...byFlags }
    : byFlags;
  if (given.directory) checkTarget(given.directory, mayHoldFiles);

  const around = { cwd: world.cwd, packageManager: detectPackageManager(world.env) };
  const prompts = isInteractive(run, world)
    ? (await import('../ask/prompts.ts')).terminalPrompts(world, given, mayHoldFiles)
    : undefined;
  const decision = await decide(given, around, prompts?.ask, prompts?.review);
  if (prompts) prompts.end();
  else say(report.defaultsTaken(decision.answers, decision.defaulted, world.cwd));
  return decision;
}

async function explain(answers: Answers, isJson: boolean, { stdout }: World): Promise<ExitCode> {
  const { explainDocument, explainText } = await import('../report/explain.ts');
  const { requirementsOf } = await import('../plan/requirements.ts');
  const requirements = requirementsOf(answers, loadOverlays(answers, true));
  const text = isJson
    ? JSON.stringify(explainDocument(requirements), null, 2)
    : explainText(projectName(answers.directory), requirements);
  return (await deliver(stdout, text)) ? EXIT.done : EXIT.unexpected;
}

function refuseVerify(answers: Answers, isDryRun: boolean): void {
  const other = isDryRun ? '--dry-run' : answers.install ? undefined : '--no-install';
  if (!other) return;
  throw new UserError('conflict', `--verify needs an installed project, and ${other} does not install one`, {
    flag: 'verify',
    fix: 'Leave out one of the two.',
  });
}

async function certificatesByMkcert(answers: Answers, world: World) {
  if (answers.tls !== 'mkcert') return undefined;
  const { mkcertCertificates } = await import('../steps/mkcert.ts');
  return mkcertCertificates(describeProject(answers).hostnames, world);
}

function runStepsInSight(answers: Answers, world: World, isVerified: boolean, isWatched: boolean, say: Say) {
  const { env, signal, force } = world;
  // On standard error, because standard output is ours.
  const show = (text: string) => world.stderr.write(legible(stripVTControlCharacters(text)));
  const stepWorld = { env, signal, ...(force && { force }), ...(isWatched ? {} : { show }) };
  return runSteps(answers, stepWorld, isVerified, {
    watch: (label, step) => {
      if (isWatched) return spin(label, step, world.stdout);
      say(`… ${label}`);
      return step();
    },
    onResult: (result) => say(report.stepLine(result)),
  });
}
