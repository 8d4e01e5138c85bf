import type { Answers } from '../options/options.ts';
import { templatesOf } from './layers.ts';
import { type Overlays, REQUIREMENTS_PATH } from './overlays.ts';
import { render } from './render.ts';
import { view } from './view.ts';

/** A test of the generated project: its path there, and its name with those of its suites before it. */
export interface TestName {
  file: string;
  name: string;
}

/**
 * One security requirement, as --explain prints it and the mutants use it. Data of the generator: projects get only what
 * templates show of it. It names the code and the tests that prove it, or has a status and a reason instead.
 */
export interface Requirement {
  /** Such as `7.2.4`. A later overlay replaces a row of the same id. */
  id: string;
  standard: string;
  /** ASVS: 1 to 3. NIST: SHALL, SHOULD. */
  level: string;
  title: string;
  /** The attack that it prevents. */
  threat: string;
  where?: readonly { file: string; symbol: string }[];
  tests?: readonly TestName[];
  status?: 'not-applicable' | 'not-provable';
  reason?: string;
}

/**
 * What a project with these answers promises, in overlay order. Not part of the plan: it is a fifth of all templates,
 * and only --explain and our own tests ask for it.
 */
export function requirementsOf(answers: Answers, overlays: Overlays): readonly Requirement[] {
  const found = new Map<string, Requirement>();
  const full = view(answers);
  for (const template of templatesOf(answers, overlays)) {
    if (template.path !== REQUIREMENTS_PATH) continue;
    const { requirements = [], tests: added = {} } = JSON.parse(render(template, full)) as RequirementsData;
    // An id that already exists keeps its position.
    for (const requirement of requirements) found.set(requirement.id, requirement);
    for (const [id, tests] of Object.entries(added)) {
      const requirement = found.get(id);
      if (!requirement?.tests) throw new Error(`no overlay before ${template.overlay} proves ${id} by tests`);
      found.set(id, { ...requirement, tests: [...requirement.tests, ...tests] });
    }
  }
  return [...found.values()];
}

// --- internal ---

/** overlay.requirements.json, rendered. */
interface RequirementsData {
  requirements?: readonly Requirement[];
  /** Id of an earlier overlay's requirement → more tests that prove it when this overlay is chosen. */
  tests?: Readonly<Record<string, readonly TestName[]>>;
}
