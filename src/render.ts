import ejs from 'ejs';
import type { View } from './view.ts';

/** One template → text. What is written is source code and never HTML from strangers, so nothing is escaped. */
export function render(template: Template, view: View): string {
  if (!template.path.endsWith(TEMPLATE_SUFFIX)) return template.text;
  const filename = `${template.overlay}/${template.path}`;
  return ejs.render(template.text, { ...view }, { filename, escape: String });
}

export interface Template {
  overlay: string;
  path: string;
  text: string;
}

/** `_github/ci.yml.ejs` → `.github/ci.yml`: npm pack drops .gitignore and .npmrc, and tools would read our dot files. */
export function emittedPath(path: string): string {
  return path
    .slice(0, path.endsWith(TEMPLATE_SUFFIX) ? -TEMPLATE_SUFFIX.length : undefined)
    .split('/')
    .map((segment) => segment.replace(/^_/, '.'))
    .join('/');
}

const TEMPLATE_SUFFIX = '.ejs';
