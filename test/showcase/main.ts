/**
 * `npm run showcase [-- run|account]`: makes the pictures of README.md again. docs/run.svg is a run of the generator in a
 * pseudo-terminal; docs/account-light.png and docs/account-dark.png show the account page of a project in Chromium.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import prepare from '../support/prepare.ts';
import { photographAccount } from './account.ts';
import { RUN_FILE, recordRun } from './record.ts';

const PICTURES: Readonly<Record<string, () => Promise<void>>> = {
  run: async () => writeFileSync(RUN_FILE, await recordRun()),
  account: photographAccount,
};

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((name) => !PICTURES[name]);
if (unknown.length > 0) throw new Error(`no such picture: ${unknown.join()}`);
prepare();
for (const [name, make] of Object.entries(PICTURES)) {
  if (positionals.length === 0 || positionals.includes(name)) await make();
}
