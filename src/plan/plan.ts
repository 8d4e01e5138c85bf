import type { Answers } from '../options/options.ts';
import { layers } from './layers.ts';
import { manifestFile } from './manifest.ts';
import { isOverlayData, type Overlays } from './overlays.ts';
import { mergePackageJson } from './package-json.ts';
import { ORDINARY_MODE, type PlannedFile } from './planned-file.ts';
import { emittedPath, render, type Template } from './render.ts';
import { type EnvEntry, type Requirement, type TestName, type View, view } from './view.ts';

export interface Plan {
  /** Sorted by path, the manifest last. */
  files: readonly PlannedFile[];
  view: View;
}

/** answers → the files of the project, without secrets. Pure: the same answers give the same bytes. */
export function plan(answers: Answers, overlays: Overlays): Plan {
  const templates = layers(answers).flatMap(({ overlay, isOptional }) => {
    const files = overlays[overlay];
    if (!files && !isOptional) throw new Error(`there is no template folder "${overlay}"`);
    return Object.entries(files ?? {}).map(([path, body]) => ({ overlay, path, body }));
  });
  const full = { ...view(answers), ...contributions(templates, view(answers)) };
  const contents = new Map<string, string>();
  for (const [path, template] of lastOfEachPath(templates)) contents.set(path, render(template, full));
  contents.set('package.json', packageJson(templates, full));
  const files = [...contents]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, contents]) => ({ path, contents, mode: ORDINARY_MODE }));
  return { files: [...files, manifestFile(answers, full, files)], view: full };
}

// --- internal ---

/** The data an overlay may contribute. */
interface OverlayData extends Partial<Pick<View, 'env' | 'words' | 'requirements'>> {
  /** Id of an earlier overlay's requirement → more tests that prove it when this overlay is chosen. */
  tests?: Readonly<Record<string, readonly TestName[]>>;
}

/** The lines of .env.example and the requirements in overlay order, and texts by key. */
function contributions(
  templates: readonly Template[],
  plain: View,
): Pick<View, 'env' | 'words' | 'requirements'> {
  const env = new Map<string, EnvEntry>();
  const requirements = new Map<string, Requirement>();
  let words: View['words'] = {};
  for (const template of templates.filter(({ path }) => isOverlayData(path))) {
    const data = JSON.parse(render(template, plain)) as OverlayData;
    // A name or an id that already exists keeps its position.
    for (const entry of data.env ?? []) env.set(entry.name, entry);
    for (const requirement of data.requirements ?? []) requirements.set(requirement.id, requirement);
    for (const [id, tests = []] of Object.entries(data.tests ?? {})) {
      const requirement = requirements.get(id);
      if (!requirement?.tests) throw new Error(`no overlay before ${template.overlay} proves ${id} by tests`);
      requirements.set(id, { ...requirement, tests: [...requirement.tests, ...tests] });
    }
    words = { ...words, ...data.words };
  }
  return { env: [...env.values()], words, requirements: [...requirements.values()] };
}

function lastOfEachPath(templates: readonly Template[]): Map<string, Template> {
  const isOrdinary = ({ path }: Template) => !isOverlayData(path) && emittedPath(path) !== 'package.json';
  return new Map(templates.filter(isOrdinary).map((template) => [emittedPath(template.path), template]));
}

function packageJson(templates: readonly Template[], full: View): string {
  const parts = templates
    .filter(({ path }) => emittedPath(path) === 'package.json')
    .map((template) => JSON.parse(render(template, full)));
  return `${JSON.stringify(mergePackageJson(full.project.name, parts), null, 2)}\n`;
}
