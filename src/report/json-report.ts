import { Cancelled, EXIT, type ExitCode, UserError } from '../errors.ts';
import { generator } from '../generator.ts';
import { toDocument } from '../options/document.ts';
import type { Answers, OptionName } from '../options/options.ts';
import { sha256 } from '../plan/manifest.ts';
import type { View } from '../plan/view.ts';
import { nextSteps } from '../steps/next-steps.ts';
import type { StepResult } from '../steps/step.ts';
import type { ComparedFile, FileState } from '../write/compare.ts';
import { diffOf } from './preview.ts';
import { byteLength } from './table.ts';

export interface RunResult {
  answers: Answers;
  defaulted: ReadonlySet<OptionName>;
  compared: readonly ComparedFile[];
  isDryRun: boolean;
  steps: readonly StepResult[];
  view: View;
  warnings: readonly string[];
}

/** The JSON document of a completed run. Contains no secret, not even a hash of one. */
export function runDocument(result: RunResult, exitCode: ExitCode, cwd: string): object {
  const { answers, defaulted, compared, isDryRun, steps, view, warnings } = result;
  const isInstalled = steps.some(({ step, status }) => step === 'install' && status === 'done');
  const failed = steps.filter((step) => step.status === 'failed');
  return {
    ok: exitCode === EXIT.done,
    exitCode,
    generator,
    directory: answers.directory,
    dryRun: isDryRun,
    answers: toDocument(answers),
    defaults: [...defaulted],
    files: compared.map((entry) => describeFile(entry, isDryRun)),
    steps,
    reproduce: view.reproduce,
    next: nextSteps(view, cwd, isInstalled),
    warnings,
    ...(exitCode === EXIT.done
      ? {}
      : {
          error: {
            code: exitCode === EXIT.cancelled ? 'cancelled' : 'step_failed',
            message: `all files were written; ${failed.map(({ step, note }) => `${step}: ${note}`).join('; ') || 'later steps were not run'}`,
            fix: failed.map(({ finish }) => finish).join(' && ') || 'Continue with the commands in "next".',
          },
        }),
  };
}

export function errorDocument(error: unknown): object {
  if (error instanceof UserError) {
    const { code, message, details, exitCode } = error;
    return { ok: false, exitCode, error: { code, message, ...details } };
  }
  if (error instanceof Cancelled) {
    return {
      ok: false,
      exitCode: EXIT.cancelled,
      error: { code: 'cancelled', message: 'nothing was written', fix: 'Run the same command again.' },
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const fix = 'Run the same command again; if it fails again, report this with the stack on standard error.';
  return { ok: false, exitCode: EXIT.unexpected, error: { code: 'unexpected', message, fix } };
}

// --- internal ---

const DONE: Record<FileState, string> = {
  create: 'created',
  identical: 'identical',
  kept: 'kept',
  differs: 'differs',
};

function describeFile(entry: ComparedFile, isDryRun: boolean): object {
  const { file, state } = entry;
  const diff = diffOf(entry);
  return {
    path: file.path,
    state: isDryRun ? state : DONE[state],
    bytes: byteLength(file),
    ...(file.isMadeAnew ? {} : { sha256: sha256(file.contents) }),
    ...(diff && { diff }),
  };
}
