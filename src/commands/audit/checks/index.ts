/** All checks, in the order of play: those that read the traffic come after those that make it. */
import type { Check } from '../check.ts';
import { cookieFlags } from './b01-cookie-flags.ts';
import { fixation } from './b06-fixation.ts';
import { foreignIds } from './b08-foreign-ids.ts';
import { logout } from './b11-logout.ts';
import { caching } from './b23-caching.ts';

export const CHECKS: readonly Check[] = [fixation, foreignIds, logout, caching, cookieFlags];
