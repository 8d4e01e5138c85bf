import { relative } from 'node:path';
import type { View } from '../plan/view.ts';

/** The commands from the written project to a page in the browser. */
export function nextSteps(
  { answers, project, run, install }: View,
  cwd: string,
  isInstalled: boolean,
): string[] {
  const path = relative(cwd, answers.directory);
  return [
    ...(path === '' ? [] : [`cd ${/\s/.test(path) ? `"${path}"` : path}`]),
    ...(isInstalled ? [] : [install]),
    `${run('dev')}  # then open ${project.origins[0]}`,
    `${run('test')}  # proves every protection`,
  ];
}
