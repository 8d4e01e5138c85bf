import type { Answers } from '../options/options.ts';

/** The overlays of a project, the general ones first: a later one wins at the same path. Only this knows the choices. */
export function layers(answers: Answers): readonly Layer[] {
  return [
    { overlay: 'base' },
    { overlay: `framework-${answers.framework}` },
    // What the databases share that have no embedded form, and are served by a program of their own.
    ...(answers.store === 'postgres' ? [] : [{ overlay: 'store-served', isOptional: true } as const]),
    { overlay: `store-${answers.store}` },
    { overlay: `tls-${answers.tls}`, isOptional: true },
    { overlay: `package-manager-${answers.packageManager}`, isOptional: true },
    ...(answers.docker ? [{ overlay: 'docker' }] : []),
    ...(answers.ci ? [{ overlay: `ci-${answers.ci}` }] : []),
    ...(answers.pages ? [{ overlay: 'pages' }, { overlay: `pages-${answers.framework}` }] : []),
  ];
}

export interface Layer {
  overlay: string;
  /** The choice may need no files of its own. */
  isOptional?: true;
}
