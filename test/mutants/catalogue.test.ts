import { describe, expect, it } from 'vitest';
import { combinations, named } from '../emitted/support/combinations.ts';
import { AREAS, CATALOGUE } from './catalogue/index.ts';
import { type Mutant, mutantsFor, mutate } from './mutant.ts';
import { type Project, render } from './support/render.ts';

describe('the catalogue of mutants', () => {
  it('is large, and has some in each area', () => {
    expect(CATALOGUE.length).toBeGreaterThan(300);
    for (const mutants of Object.values(AREAS)) expect(mutants.length).toBeGreaterThan(5);
  });

  it('says of each what goes, in one sentence, and of an equivalent one why', () => {
    for (const { id, what, equivalent } of CATALOGUE) {
      expect([id, what]).toEqual([id, expect.stringMatching(/^\S.+\.$/)]);
      if (equivalent !== undefined)
        expect([id, equivalent]).toEqual([id, expect.stringMatching(/.{20,}\.$/)]);
    }
  });
});

describe.for(named(combinations()))('the mutants of %s', ([, { framework, store, flags }]) => {
  const mutants = mutantsFor(CATALOGUE, { framework, store });
  const projects = new Map<string, Promise<Project>>();
  const projectOf = ({ flags: more = [] }: Mutant) => {
    const key = more.join(' ');
    const project = projects.get(key) ?? render([...flags, ...more]);
    projects.set(key, project);
    return project;
  };

  it('have names of their own', () => {
    const ids = mutants.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('each change exactly one place that is there', async () => {
    const problems: string[] = [];
    for (const mutant of mutants) {
      const { contents } = await projectOf(mutant);
      try {
        expect(mutate(contents, mutant)).not.toBe(contents.get(mutant.file));
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
      }
    }
    expect(problems).toEqual([]);
  });

  it('are two at least for each requirement that can be proven', async () => {
    const { requirements } = await render(flags);
    const few = requirements
      .filter(({ status }) => status === undefined)
      .map(({ id }) => [
        id,
        mutants.filter((mutant) => mutant.requirement === id && !mutant.equivalent).length,
      ])
      .filter(([, count]) => Number(count) < 2);
    expect(few).toEqual([]);
  });

  it('each belong to a requirement that can be proven, in the project they are of', async () => {
    const problems: string[] = [];
    for (const mutant of mutants) {
      const { requirements } = await projectOf(mutant);
      const isProvable = requirements.some(({ id, status }) => id === mutant.requirement && !status);
      if (!isProvable) problems.push(`${mutant.id}: ${mutant.requirement}`);
    }
    expect(problems).toEqual([]);
  });

  it('are there for each requirement that only a sign-in at a provider meets', async () => {
    const own = (await render(flags)).requirements.filter(({ status }) => !status).map(({ id }) => id);
    const { requirements } = await render([...flags, '--auth', 'oidc']);
    const more = requirements.filter(({ id, status }) => !status && !own.includes(id)).map(({ id }) => id);
    const met = mutants.filter(({ equivalent }) => !equivalent).map(({ requirement }) => requirement);
    expect(more.filter((id) => !met.includes(id))).toEqual([]);
  });
});
