import type { Answers } from '../options/options.ts';
import { templatesOf } from './layers.ts';
import { manifestFile } from './manifest.ts';
import { DATA_PATH, isOverlayData, type Overlays } from './overlays.ts';
import { mergePackageJson } from './package-json.ts';
import { ORDINARY_MODE, type PlannedFile } from './planned-file.ts';
import { emittedPath, render, type Template } from './render.ts';
import { type EnvEntry, type View, view } from './view.ts';

export interface Plan {
  /** Sorted by path, the manifest last. */
  files: readonly PlannedFile[];
  view: View;
}

/** answers → the files of the project, without secrets. Pure: the same answers give the same bytes. */
export function plan(answers: Answers, overlays: Overlays): Plan {
  const templates = templatesOf(answers, overlays);
  const plain = view(answers);
  const full = { ...plain, ...contributions(templates, plain) };
  const contents = new Map<string, string>();
  for (const [path, template] of lastOfEachPath(templates)) contents.set(path, render(template, full));
  contents.set('package.json', packageJson(templates, full));
  const files = [...contents]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, contents]) => ({ path, contents, mode: ORDINARY_MODE }));
  return { files: [...files, manifestFile(answers, full, files)], view: full };
}

// --- internal ---

/** The lines of .env.example in overlay order, and texts by key. */
function contributions(templates: readonly Template[], plain: View): Pick<View, 'env' | 'words'> {
  const env = new Map<string, EnvEntry>();
  let words: View['words'] = {};
  for (const template of templates.filter(({ path }) => path === DATA_PATH)) {
    const data = JSON.parse(render(template, plain)) as Partial<Pick<View, 'env' | 'words'>>;
    // A name that already exists keeps its position.
    for (const entry of data.env ?? []) env.set(entry.name, entry);
    words = { ...words, ...data.words };
  }
  return { env: [...env.values()], words };
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
