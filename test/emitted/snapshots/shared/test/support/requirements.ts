/** requirements.json: which requirement is met where, and which tests prove it. SECURITY.md shows the same to people. */
import { readFileSync } from 'node:fs';

export interface Requirement {
  id: string;
  standard: string;
  level: string;
  title: string;
  threat: string;
  where?: { file: string; symbol: string }[];
  /** The name is the whole one, with its `describe`s; `*` stands for what a table of cases fills in. */
  tests?: { file: string; name: string }[];
  status?: 'not-applicable' | 'not-provable';
  reason?: string;
}

export const REQUIREMENTS: Requirement[] = JSON.parse(readFileSync('requirements.json', 'utf8'));

/** Whether a test is the one, or one of those, that a requirement names. */
export function isNamed(name: string, fullName: string): boolean {
  const pattern = name.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`, 's').test(fullName);
}
