import { basename, dirname } from 'node:path';
import validate from 'validate-npm-package-name';
import { quoted } from '../../legible.ts';

/** The npm name of the project in a directory: its last segment, with the scope when the parent folder is one. */
export function projectName(directory: string): string {
  const name = basename(directory);
  const parent = basename(dirname(directory));
  return parent.startsWith('@') && parent.length > 1 ? `${parent}/${name}` : name;
}

/** No folder can have such a name there: a device, with any extension, or a dot at the end. */
const IMPOSSIBLE_ON_WINDOWS = /^(con|prn|aux|nul|com[1-9]|lpt[1-9])(\.|$)|\.$/i;

/** @throws RangeError for a directory whose name npm rejects as a package name, or in which Windows cannot clone it */
export function checkProjectName(directory: string): string {
  const name = projectName(directory);
  if (IMPOSSIBLE_ON_WINDOWS.test(basename(directory)))
    throw new RangeError(`${quoted(name)} cannot be the name of a folder on Windows`);
  const { validForNewPackages, errors = [], warnings = [] } = validate(name);
  if (validForNewPackages) return name;
  const reasons = [...errors, ...warnings].join(', ');
  const better = validName(name);
  throw new RangeError(
    `${quoted(name)} is not a valid npm package name: ${reasons}${better ? `; try ${better}` : ''}`,
  );
}

/** A DNS label derived from the name, for `<slug>.localhost`. */
export function slug(name: string): string {
  const label = name
    .replace(/^@[^/]*\//, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return label || 'app';
}

function validName(name: string): string | undefined {
  const candidate = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-._]+|-+$/g, '')
    .slice(0, 214);
  return candidate !== '' && validate(candidate).validForNewPackages ? candidate : undefined;
}
