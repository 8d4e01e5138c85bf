/** `npm run users:disable -- EMAIL`: the account signs in no more, and its sessions end at once (ASVS 7.4.2). */
import { createSessionRecords } from '../src/session/records.ts';
import { createUsers } from '../src/users/users.ts';
import { argumentsOf } from './arguments.ts';
import { findUser } from './find-user.ts';
import { UsageError, withEngine } from './with-engine.ts';

await withEngine(async (engine) => {
  const [email, ...more] = argumentsOf(process.argv);
  if (email === undefined || more.length > 0) throw new UsageError('Say whom: npm run users:disable -- EMAIL');
  const users = createUsers(engine);
  const user = await findUser(users, email);
  await users.disable(user.id);
  await createSessionRecords(engine).removeByUser(user.id);
  console.log(`${user.email} is disabled and signed out everywhere.`);
});
