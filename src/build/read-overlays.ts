import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Overlay → path of the template, with slashes → its text. */
export type OverlayTexts = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function readOverlays(folder: string): OverlayTexts {
  const overlays = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return Object.fromEntries(overlays.map(({ name }) => [name, readOverlay(join(folder, name))]));
}

// --- internal ---

function readOverlay(folder: string): Record<string, string> {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes(`${sep}node_modules${sep}`))
    .sort();
  return Object.fromEntries(
    files.map((path) => [relative(folder, path).replaceAll(sep, '/'), readText(path)]),
  );
}

/** Templates are packed as text, so a binary file would be damaged. */
function readText(path: string): string {
  const bytes = readFileSync(path);
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw new Error(`${path} is not UTF-8 text`);
  return text;
}
