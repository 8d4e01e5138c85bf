import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import tmp from 'tmp';

export interface Packed {
  /** The program as it is in the tarball that would be published. */
  bin: string;
  remove(): void;
}

/** Packs what is built already: another test may be using it. Everybody may read it, for runs as somebody else. */
export function packGenerator(): Packed {
  const { name, removeCallback } = tmp.dirSync({ unsafeCleanup: true, prefix: 'css-packed-', mode: 0o755 });
  const root = realpathSync(name);
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', root];
  execFileSync('npm', pack, { stdio: ['ignore', 'ignore', 2] });
  const tarball = readdirSync(root).find((file) => file.endsWith('.tgz')) ?? '';
  mkdirSync(join(root, 'unpacked'));
  execFileSync('tar', ['-xzf', join(root, tarball), '-C', join(root, 'unpacked')]);
  return {
    bin: join(root, 'unpacked', 'package', 'bin', 'create-secure-session-app.js'),
    remove: removeCallback,
  };
}
