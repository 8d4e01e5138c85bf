import manifest from '../package.json' with { type: 'json' };

/** The generator's own name and version. The build puts these values into the bundle. */
export const generator = { name: manifest.name, version: manifest.version };

/** Package name → version range for generated projects: the ranges that our own tests run on. */
export const dependencyVersions: Readonly<Record<string, string>> = manifest.devDependencies;
