import manifest from '../package.json' with { type: 'json' };

/** The generator itself. The build puts these values into the bundle. */
export const generator = { name: manifest.name, version: manifest.version };

/** What generated projects depend on, in the ranges our own tests run on: package name → version range. */
export const dependencyVersions: Readonly<Record<string, string>> = manifest.devDependencies;
