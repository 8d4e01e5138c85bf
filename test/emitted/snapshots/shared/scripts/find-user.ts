import { loginInput } from '../src/routes/inputs.ts';
import type { User, Users } from '../src/users/user.ts';
import { UsageError } from './with-engine.ts';

/** @throws UsageError when the text is no e-mail address, or nobody has it */
export async function findUser(users: Users, text: string): Promise<User> {
  const email = loginInput.shape.email.safeParse(text);
  const user = email.success ? await users.findByEmail(email.data) : null;
  if (!user) throw new UsageError(`There is no user with the e-mail address ${JSON.stringify(text)}.`);
  return user;
}
