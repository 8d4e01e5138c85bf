import { dependencyVersions } from '../generator.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

type JsonObject = { [key: string]: Json };

const DEPENDENCY_FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies'];

/** Merges the package.json files of all overlays into the one of the project. */
export function mergePackageJson(
  name: string,
  parts: readonly JsonObject[],
  versions = dependencyVersions,
): JsonObject {
  const merged = parts.reduce<JsonObject>((whole, part) => merge(whole, part) as JsonObject, { name });
  for (const field of DEPENDENCY_FIELDS) {
    const dependencies = merged[field];
    if (isObject(dependencies)) merged[field] = pin(dependencies, versions);
  }
  return { ...merged, name };
}

// --- internal ---

/** Objects are merged; everything else, including arrays, is replaced. */
function merge(base: Json | undefined, overlay: Json): Json {
  if (!isObject(base) || !isObject(overlay)) return overlay;
  const merged = { ...base };
  for (const [key, value] of Object.entries(overlay)) merged[key] = merge(merged[key], value);
  return merged;
}

/** Templates write "*". The versions come from our own devDependencies, so our tests run on the same ones. */
function pin(dependencies: JsonObject, versions: Readonly<Record<string, string>>): JsonObject {
  const names = Object.keys(dependencies).sort();
  return Object.fromEntries(
    names.map((name) => {
      if (dependencies[name] !== '*') throw new Error(`a template gives ${name} a version; write "*"`);
      const version = versions[name];
      if (!version)
        throw new Error(`a template depends on ${name}, which is not among the generator's devDependencies`);
      return [name, version];
    }),
  );
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
