/** Removes what the audit made: the accounts it registered. What cannot be removed is said. */
import type { App } from './app/app.ts';

/** @returns a note for each account that stays. Safe to call again. */
export async function removeUsers(app: App): Promise<readonly string[]> {
  const notes: string[] = [];
  app.isLeaving = true;
  for (const user of app.users.filter(({ isOurs }) => isOurs)) {
    user.isOurs = false;
    if (!app.recipe.unregister) {
      notes.push(`the account ${user.name} stays: the recipe has no "unregister"`);
      continue;
    }
    if (app.isLost) {
      notes.push(`the account ${user.name} stays: the server stopped answering`);
      continue;
    }
    try {
      const client = user.registered ?? app.visitor();
      if (!user.registered) await app.logIn(client, user);
      const { status } = await app.perform(client, app.recipe.unregister);
      if (status >= 400) notes.push(`the account ${user.name} stays: removing it answered ${status}`);
    } catch (error) {
      notes.push(`the account ${user.name} may be left: ${(error as Error).message}`);
    }
  }
  app.isLeaving = false;
  return notes;
}
