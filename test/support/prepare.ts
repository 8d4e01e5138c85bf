import { execFileSync } from 'node:child_process';

/** Tests that run the built program must not run yesterday's. */
export default function prepare(): void {
  execFileSync(process.execPath, ['bin/from-clone.js', 'prepare'], { stdio: ['ignore', 2, 2] });
}
