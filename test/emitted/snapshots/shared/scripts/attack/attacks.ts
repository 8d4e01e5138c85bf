/** Every attack, in the order in which they are played. test/attacks.test.ts plays them too. */
import { oldPassword, resurrection } from './races.ts';
import { bruteForce, crossSite } from './requests.ts';
import type { Attack } from './stage.ts';
import { fixation, forgery, replay } from './takeovers.ts';
import { absolute, idle } from './time-outs.ts';

export const ATTACKS: readonly Attack[] = [
  fixation,
  replay,
  resurrection,
  oldPassword,
  crossSite,
  forgery,
  bruteForce,
  idle,
  absolute,
];
