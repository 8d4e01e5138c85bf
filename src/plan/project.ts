import type { Answers } from '../options/options.ts';
import { certificateFiles } from './certificates/certificate-files.ts';
import type { Overlays } from './overlays.ts';
import { type Plan, plan } from './plan.ts';
import type { PlannedFile } from './planned-file.ts';
import { envFile } from './secrets.ts';

export interface CompleteProject {
  files: readonly PlannedFile[];
  view: Plan['view'];
}

/** The plan plus secrets and certificates, which are new in every run. The manifest stays last: it marks a complete project. */
export function completeProject(
  answers: Answers,
  overlays: Overlays,
  certificates?: Parameters<typeof certificateFiles>[1],
): CompleteProject {
  const planned = plan(answers, overlays);
  const env = envFile(planned);
  const secrets = [...(env ? [env] : []), ...certificateFiles(planned.view, certificates)];
  return {
    files: [...planned.files.slice(0, -1), ...secrets, ...planned.files.slice(-1)],
    view: planned.view,
  };
}
