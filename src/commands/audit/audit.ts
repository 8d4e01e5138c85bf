/** `audit URL`: how well does a running app handle sessions, by its behaviour? The steps in order. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { generator } from '../../generator.ts';
import type { World } from '../../world.ts';
import { App } from './app/app.ts';
import { MANIFEST, ownRecipe } from './app/own-project.ts';
import { type Recipe, readRecipe } from './app/recipe.ts';
import { readValue } from './app/secret-values.ts';
import { type AuditArgs, readAuditArgs } from './args.ts';
import { calibrate } from './calibrate.ts';
import type { CheckOptions } from './check.ts';
import { removeUsers } from './clean-up.ts';
import { type Judged, judge, reaches } from './grade.ts';
import { resolveTarget } from './http/target.ts';
import { auditDocument, reportedCheck } from './report/document.ts';
import { checkLines, endText, findingText } from './report/text.ts';
import { runChecks } from './run.ts';

/** @param argv without the word `audit` */
export async function audit(argv: readonly string[], world: World): Promise<ExitCode> {
  const args = readAuditArgs(argv);
  const { flags } = args;
  if (flags.has('help')) return say(world, (await import('./help.ts')).auditHelp());
  if (flags.has('print-schema')) {
    const { RECIPE_SCHEMA } = await import('./app/recipe-schema.ts');
    return say(world, JSON.stringify(RECIPE_SCHEMA, null, 2));
  }
  const started = performance.now();
  const isJson = flags.has('json');
  const width = world.stdout.columns ?? 80;
  const print = (text: string) => isJson || world.stdout.write(`${text}\n`);

  const { recipe: written, isOwnProject, directory } = takeRecipe(args, world);
  const recipe = { ...written, ...(args.httpPort !== undefined && { httpPort: args.httpPort }) };
  const url = args.url ?? recipe.origin;
  if (url === undefined) {
    throw new UserError('missing_value', 'audit needs an address', {
      fix: 'For example: audit https://localhost:3443',
    });
  }
  const caFile = findCa(flags.get('ca'), directory, world.cwd);
  const target = await resolveTarget(url, {
    mayTest: args.mayTest,
    caFile,
    isInsecure: flags.has('insecure'),
  });
  const userAgent = `${generator.name}/${generator.version}`;
  const app = new App(target, recipe, userAgent, world.signal);
  await readUsers(app, world);
  if (args.mayTest.length > 0) print(`Auditing ${target.origin.host}, as --i-may-test allows.`);
  const masked = (check: Judged) => reportedCheck(app, check, isOwnProject);
  try {
    app.notes.push(...(await calibrate(app)));
    if (args.only.length > 0)
      app.notes.push(`only ${args.only.join(', ')} asked: not the grade of the whole app`);
    const judged = await runChecks(
      app,
      ({ id }) => args.only.length === 0 || args.only.includes(id),
      optionsOf(args, target.isLoopback),
      { onStart: () => {}, onResult: (check) => print(checkLines(masked(check), width)) },
      async () => void app.notes.push(...(await removeUsers(app))),
    );
    const judgement = judge(judged);
    const exitCode = reaches(judgement.grade, args.failUnder) ? EXIT.done : EXIT.needsYou;
    const seconds = (performance.now() - started) / 1000;
    const reported = judged.map(masked).sort((a, b) => numberOf(a) - numberOf(b));
    const document = auditDocument(app, reported, {
      ...judgement,
      exitCode,
      seconds,
      wanted: args.failUnder,
    });
    for (const check of reported) if (check.verdict === 'fail') print(`\n${findingText(check, width)}`);
    print(`\n${endText(document, width)}`);
    if (isJson) world.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return exitCode;
  } finally {
    await removeUsers(app);
  }
}

// --- internal ---

const numberOf = ({ id }: { id: string }): number => Number(id.slice(1));

function optionsOf({ flags, waitMs }: AuditArgs, isHere: boolean): CheckOptions {
  return {
    waitMs: flags.has('timeouts') ? waitMs : 0,
    hasRaces: isHere || flags.has('races'),
    hasGuesses: isHere || flags.has('throttle'),
  };
}

function takeRecipe(
  { flags }: AuditArgs,
  { cwd }: World,
): { recipe: Recipe; isOwnProject: boolean; directory: string } {
  const file = flags.get('recipe');
  const directory = resolve(cwd, flags.get('project') ?? '.');
  if (file === undefined) return { recipe: ownRecipe(directory), isOwnProject: true, directory };
  const path = resolve(cwd, file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new UserError('bad_recipe', `the recipe ${file} cannot be read`, {
      flag: 'recipe',
      fix: 'Check the path.',
    });
  }
  return { recipe: readRecipe(text, file), isOwnProject: existsSync(join(directory, MANIFEST)), directory };
}

async function readUsers(app: App, world: World): Promise<void> {
  for (const { USER, PASSWORD } of app.recipe.users ?? []) {
    const user = {
      name: await readValue(USER, world),
      password: await readValue(PASSWORD, world),
      isOurs: false,
    };
    app.users.push(user);
    app.secrets.add(user.password);
  }
}

/** The development authority of the project in this directory is trusted by itself: for this run, and nothing else. */
function findCa(given: string | undefined, directory: string, cwd: string): string | undefined {
  if (given !== undefined) {
    const file = resolve(cwd, given);
    if (existsSync(file)) return file;
    throw new UserError('bad_value', `the file ${given} does not exist`, {
      flag: 'ca',
      fix: 'Check the path.',
    });
  }
  const own = join(directory, 'certs/ca.pem');
  return existsSync(own) ? own : undefined;
}

function say({ stdout }: World, text: string): ExitCode {
  stdout.write(`${text}\n`);
  return EXIT.done;
}
