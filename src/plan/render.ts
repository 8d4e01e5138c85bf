import { type Body, TEMPLATE_SUFFIX } from './overlays.ts';
import type { View } from './view.ts';

export interface Template {
  overlay: string;
  path: string;
  body: Body;
}

/** One template → text. */
export function render({ overlay, path, body }: Template, view: View): string {
  if (typeof body === 'string') return body;
  try {
    return body(view);
  } catch (error) {
    throw new Error(`the template ${overlay}/${path} failed`, { cause: error });
  }
}

/** `_github/ci.yml.ejs` → `.github/ci.yml`: a leading _ stands for a dot, as tools would read real dot files in templates. */
export function emittedPath(path: string): string {
  return path
    .slice(0, path.endsWith(TEMPLATE_SUFFIX) ? -TEMPLATE_SUFFIX.length : undefined)
    .split('/')
    .map((segment) => segment.replace(/^_/, '.'))
    .join('/');
}
