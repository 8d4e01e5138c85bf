import { decide } from './ask/answers.ts';
import { readDocument } from './ask/document.ts';
import type { LibraryPlan, PlanOptions } from './library-types.d.cts';
import { type AnswersDocument, toDocument } from './options/document.ts';
import { loadOverlays } from './plan/packed-overlays.ts';
import { plan as planProject } from './plan/plan.ts';

/** The public API. Its types are in library-types.d.cts; a test keeps the two in sync. */
export async function plan(given: AnswersDocument = {}, options: PlanOptions = {}): Promise<LibraryPlan> {
  const { cwd = process.cwd() } = options;
  const { answers } = await decide(readDocument(given, cwd), { cwd, packageManager: 'npm' });
  const { files, view } = planProject(answers, loadOverlays(answers));
  return { answers: toDocument(answers), files, command: view.reproduce };
}

export { answersSchema } from './ask/schema.ts';
