/** `npm run sessions:revoke -- --user EMAIL | --all`: signs one user, or everybody, out everywhere (ASVS 7.4.5). */
import { parseArgs } from 'node:util';
import { createSessionRecords } from '../src/session/records.ts';
import { createUsers } from '../src/users/users.ts';
import { argumentsOf } from './arguments.ts';
import { findUser } from './find-user.ts';
import { UsageError, withEngine } from './with-engine.ts';

await withEngine(async (engine) => {
  const { user: email, all } = readOptions();
  const users = createUsers(engine);
  const records = createSessionRecords(engine);
  // The credential version first: from then on no session made under the old one is let through, not even one of a
  // login that is under way. Removing the records is clean-up.
  if (email !== undefined) {
    const user = await findUser(users, email);
    await users.raiseCredentialVersion(user.id);
    await records.removeByUser(user.id);
    console.log(`${user.email} is signed out everywhere.`);
  } else if (all) {
    await users.raiseAllCredentialVersions();
    await records.removeAll();
    console.log('Everybody is signed out.');
  } else {
    throw new UsageError('Say whom: npm run sessions:revoke -- --user EMAIL, or --all');
  }
});

function readOptions() {
  try {
    return parseArgs({
      args: argumentsOf(process.argv),
      options: { user: { type: 'string' }, all: { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
