import { it, onTestFailed } from 'vitest';

/** Tests of one file that build on each other: after one that failed, the others would prove nothing and are skipped. */
export function steps(): (name: string, work: () => Promise<unknown>) => void {
  let failed: string | undefined;
  return (name, work) =>
    it(name, async (context) => {
      if (failed) context.skip(`"${failed}" failed`);
      onTestFailed(() => {
        failed = name;
      });
      await work();
    });
}
