/** `audit URL`: how well does a running app handle sessions, by its behaviour? The steps in order. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Cancelled, EXIT, type ExitCode, UserError } from '../../errors.ts';
import { generator } from '../../generator.ts';
import { deliver, print } from '../../report/print.ts';
import { isAnimated } from '../../report/progress.ts';
import type { World } from '../../world.ts';
import { App } from './app/app.ts';
import { MANIFEST, ownRecipe } from './app/own-project.ts';
import { type Recipe, readRecipe } from './app/recipe.ts';
import { readValue } from './app/secret-values.ts';
import { type AuditArgs, type Flag, readAuditArgs, refuseSwallowedAuditFlags } from './args.ts';
import { isKnown, readBaseline } from './baseline.ts';
import { calibrate } from './calibrate.ts';
import type { CheckOptions } from './check.ts';
import { removeUsers } from './clean-up.ts';
import { type Judged, judge, reaches } from './grade.ts';
import { resolveTarget } from './http/target.ts';
import { type AuditDocument, auditDocument, findingsOf, reportedCheck } from './report/document.ts';
import { liveTable } from './report/live.ts';
import { endText, findingText } from './report/text.ts';
import { runChecks } from './run.ts';

/** @param argv without the word `audit` */
export async function audit(argv: readonly string[], world: World): Promise<ExitCode> {
  const args = readAuditArgs(argv);
  refuseSwallowedAuditFlags(argv, world.env);
  const { flags } = args;
  const printed = await justPrinted(flags, world);
  if (printed !== undefined) return answer(world, printed);

  const started = performance.now();
  const { recipe, isOwnProject, isAssumed, directory } = await takeRecipe(args, world);
  const baselineFile = flags.get('baseline');
  const baseline = baselineFile ? readBaseline(resolve(world.cwd, baselineFile), baselineFile) : new Map();
  const url = args.url ?? recipe.origin;
  if (url === undefined) {
    throw new UserError('missing_value', 'audit needs an address', {
      fix: 'Such as audit https://localhost:3443',
    });
  }
  const caFile = findCa(flags.get('ca'), directory, world.cwd);
  const target = await resolveTarget(url, {
    mayTest: args.mayTest,
    caFile,
    isInsecure: flags.has('insecure'),
  });
  const curl = { isInsecure: target.isInsecure, caFile: caFile && relative(world.cwd, caFile) };
  const app = new App(target, recipe, `${generator.name}/${generator.version}`, world.signal);
  await readUsers(app, world);

  const isJson = flags.has('json');
  const width = Math.min(world.stdout.columns ?? 80, 100);
  const say = (text: string) => void (isJson || print(world.stdout, text));
  say(`Auditing ${target.origin.origin}`);
  const reported = (check: Judged) =>
    reportedCheck(app, check, { isOwnProject, isKnown: isKnown(check, baseline), curl });
  const table = liveTable(say, width, isAnimated(world) && !isJson ? world.stdout : undefined);
  try {
    app.notes.push(...(await calibrate(app).catch((error) => fail(error, isAssumed))));
    const judged = await runChecks(
      app,
      ({ id }) => args.only.length === 0 || args.only.includes(id),
      optionsOf(args, target.isLoopback),
      { onStart: table.start, onResult: (check) => table.end(reported(check)) },
      async () => void app.notes.push(...(await removeUsers(app))),
    );
    if (args.only.length > 0)
      app.notes.push(`only ${args.only.join(', ')} asked: not the grade of the whole app`);
    const counted = judge(judged.filter((check) => !isKnown(check, baseline)));
    const exitCode = reaches(counted.grade, args.failUnder) ? EXIT.done : EXIT.needsYou;
    const seconds = (performance.now() - started) / 1000;
    const checks = judged.map(reported).sort((a, b) => numberOf(a) - numberOf(b));
    const document = auditDocument(app, checks, {
      ...judge(judged),
      exitCode,
      seconds,
      wanted: args.failUnder,
    });
    for (const check of findingsOf(document)) if (!check.isKnown) say(`\n${findingText(check, width)}`);
    say(`\n${endText(document, width)}`);
    await writeReports(document, flags, world.cwd);
    if (isJson) print(world.stdout, JSON.stringify(document, null, 2));
    return exitCode;
  } catch (error) {
    // Whatever failed first: it failed because of that.
    throw world.signal.aborted ? new Cancelled() : error;
  } finally {
    table.stop();
    // After an error or Ctrl-C; otherwise there is nothing left to remove.
    for (const note of await removeUsers(app)) print(world.stderr, note);
  }
}

// --- internal ---

type Flags = ReadonlyMap<Flag, string>;

const numberOf = ({ id }: { id: string }): number => Number(id.slice(1));

/** What is asked of the program itself, without any app. */
async function justPrinted(flags: Flags, { cwd }: World): Promise<string | undefined> {
  if (flags.has('help')) return (await import('./help.ts')).auditHelp();
  if (flags.has('print-schema')) {
    return JSON.stringify((await import('./app/recipe-schema.ts')).RECIPE_SCHEMA, null, 2);
  }
  const har = flags.get('har');
  if (har === undefined) return undefined;
  const { proposeRecipe } = await import('./app/har.ts');
  return JSON.stringify(proposeRecipe(readText(resolve(cwd, har), har, 'har'), har), null, 2);
}

async function takeRecipe(args: AuditArgs, { cwd }: World) {
  const { flags, httpPort } = args;
  const directory = resolve(cwd, flags.get('project') ?? '.');
  const file = flags.get('recipe');
  const { recipeOfFlags } = await import('./app/recipe-flags.ts');
  const given: Recipe | undefined = file
    ? readRecipe(readText(resolve(cwd, file), file, 'recipe'), file)
    : recipeOfFlags(args);
  const recipe = { ...(given ?? ownRecipe(directory)), ...(httpPort !== undefined && { httpPort }) };
  const isThere = existsSync(join(directory, MANIFEST));
  const isAssumed = given === undefined && !isThere;
  return { recipe, isOwnProject: given === undefined || isThere, isAssumed, directory };
}

/** @param isAssumed nobody said how to sign in, and there is no project here: then there is no recipe to correct */
function fail(error: unknown, isAssumed: boolean): never {
  if (!isAssumed || !(error instanceof UserError) || error.code !== 'target_not_calibrated') throw error;
  throw new UserError(error.code, error.message, {
    fix: 'Without a recipe the app is taken for a generated project; for any other pass --login-page, --login or --recipe (see audit --help).',
  });
}

function optionsOf({ flags, waitMs }: AuditArgs, isHere: boolean): CheckOptions {
  return {
    waitMs: flags.has('timeouts') ? waitMs : 0,
    hasRaces: isHere || flags.has('races'),
    hasGuesses: isHere || flags.has('throttle'),
  };
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
    readText(file, given, 'ca');
    return file;
  }
  const own = join(directory, 'certs/ca.pem');
  return existsSync(own) ? own : undefined;
}

async function writeReports(document: AuditDocument, flags: Flags, cwd: string): Promise<void> {
  const writers = {
    sarif: async () => (await import('./report/sarif.ts')).sarifText(document),
    junit: async () => (await import('./report/junit.ts')).junitText(document),
    html: async () => (await import('./report/html.ts')).htmlText(document),
  } as const;
  for (const [flag, textOf] of Object.entries(writers)) {
    const file = flags.get(flag as Flag);
    if (file) writeFileSync(resolve(cwd, file), await textOf());
  }
}

function readText(path: string, file: string, flag: Flag): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UserError('bad_value', `the file ${file} cannot be read`, { flag, fix: 'Check the path.' });
  }
}

async function answer({ stdout }: World, text: string): Promise<ExitCode> {
  return (await deliver(stdout, text)) ? EXIT.done : EXIT.unexpected;
}
