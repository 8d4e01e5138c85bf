import type { Answers } from '../options/options.ts';
import type { Overlays } from './overlays.ts';
import type { Template } from './render.ts';

/** The overlays of a project, general ones first: at the same path a later one wins. The only place that maps choices. */
export function layers(answers: Answers): readonly Layer[] {
  const signIn = `sign-in-${answers.auth}`;
  return [
    { overlay: 'base' },
    { overlay: signIn },
    { overlay: `framework-${answers.framework}` },
    { overlay: `${signIn}-${answers.framework}` },
    // Shared by the databases that cannot be embedded and run as a separate program.
    ...(answers.store === 'postgres' ? [] : [{ overlay: 'store-served', isOptional: true } as const]),
    { overlay: `store-${answers.store}` },
    { overlay: `${signIn}-${answers.store}` },
    { overlay: `tls-${answers.tls}`, isOptional: true },
    { overlay: `package-manager-${answers.packageManager}`, isOptional: true },
    { overlay: `framework-${answers.framework}-${answers.packageManager}`, isOptional: true },
    ...(answers.httpPort === null ? [] : [{ overlay: 'plain-http' }]),
    ...(answers.docker ? [{ overlay: 'docker' }] : []),
    ...(answers.ci ? [{ overlay: `ci-${answers.ci}` }] : []),
    ...(answers.pages
      ? [
          { overlay: 'pages' },
          { overlay: `${signIn}-pages` },
          { overlay: `pages-${answers.framework}`, isOptional: true } as const,
        ]
      : []),
  ];
}

export interface Layer {
  overlay: string;
  /** The choice may need no files. */
  isOptional?: true;
}

/** All templates of a project in the order of its layers, those that a later one replaces included. */
export function templatesOf(answers: Answers, overlays: Overlays): readonly Template[] {
  return layers(answers).flatMap(({ overlay, isOptional }) => {
    const files = overlays[overlay];
    if (!files && !isOptional) throw new Error(`there is no template folder "${overlay}"`);
    return Object.entries(files ?? {}).map(([path, body]) => ({ overlay, path, body }));
  });
}
