import { hash } from 'node:crypto';
import { toDocument } from '../options/document.ts';
import type { Answers } from '../options/options.ts';
import type { PlannedFile } from './planned-file.ts';
import type { View } from './view.ts';

export const MANIFEST_PATH = '.secure-session.json';

/** Records how the project was created, to recreate and compare it. Contains no secret and no path of this machine. */
export function manifestFile(
  answers: Answers,
  { generator, project, reproduce }: View,
  files: readonly PlannedFile[],
): PlannedFile {
  const manifest = {
    generator,
    command: reproduce,
    answers: toDocument({ ...answers, directory: project.name }),
    files: Object.fromEntries(files.map(({ path, contents }) => [path, sha256(contents)])),
  };
  return { path: MANIFEST_PATH, contents: `${stringify(manifest)}\n`, mode: 0o644 };
}

export const sha256 = (text: string): string => hash('sha256', text);

/** JSON as the project's formatter writes it: arrays of strings on one line. */
function stringify(value: object): string {
  return JSON.stringify(value, null, 2).replace(/\[\n\s+([^[\]{}]*?)\n\s+\]/g, (_array, items: string) => {
    return `[${items.replaceAll(/\n\s+/g, ' ')}]`;
  });
}
