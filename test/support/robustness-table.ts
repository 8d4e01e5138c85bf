/** A situation, what the run answers with, and what is on the disk afterwards. The README's table is made of these. */
export interface Situation {
  what: string;
  exit: 0 | 2 | 3 | 4 | 130;
  /** Part of what it says, on either output. */
  says: string;
  disk: 'as before' | 'the project, complete';
}

const situation = (
  what: string,
  exit: Situation['exit'],
  says: string,
  disk: Situation['disk'] = 'as before',
): Situation => ({ what, exit, says, disk });

const COMPLETE = 'the project, complete';

export const SITUATIONS = {
  noTerminal: situation('no arguments, no terminal', 0, 'Defaults used', COMPLETE),
  stdinClosed: situation('standard input closed', 0, 'Defaults used', COMPLETE),
  brokenPipe: situation('standard output closed early (`| head -1`)', 0, '', COMPLETE),
  ci: situation('`CI=1` in a terminal', 0, 'Defaults used', COMPLETE),
  unknownFlag: situation('an unknown flag', 2, 'Did you mean --store?'),
  badValue: situation('a bad value', 2, 'Did you mean redis?'),
  swallowed: situation('flags that npm consumed', 2, 'Put -- before the flags'),
  badConfig: situation('a configuration that is not JSON', 2, 'is not valid JSON'),
  notEmpty: situation('a directory that is not empty', 3, '--on-conflict merge'),
  harmless: situation('a directory with `.git`, a licence and editor folders', 0, '✔', COMPLETE),
  differs: situation('merging over a file that differs', 3, 'README.md'),
  aFile: situation('a target that is a file', 3, 'is not a directory'),
  readOnly: situation('a parent without write permission', 3, 'permission denied'),
  fullDisk: situation('a full disk', 3, 'the disk is full'),
  nameInvalid: situation('`My App!`', 2, 'try my-app'),
  nameScoped: situation('`@scope/name`', 0, '✔ @scope/name', COMPLETE),
  nameDot: situation('`.`', 0, '✔ here', COMPLETE),
  nameDotDot: situation('`..` that is not empty', 3, 'is not empty'),
  nameSpaces: situation('a path with spaces and unicode', 0, '✔ my-app', COMPLETE),
  nameAbsolute: situation('an absolute path', 0, '✔ my-app', COMPLETE),
  nameLink: situation('a symbolic link to an empty directory', 0, '✔ link', COMPLETE),
  nameBrokenLink: situation('a broken symbolic link', 3, 'is not a directory'),
  signalAtPrompt: situation(
    'Ctrl-C, Ctrl-D, SIGINT, SIGTERM or SIGHUP at any prompt',
    130,
    'Nothing was written',
  ),
  signalInInstall: situation('SIGINT or SIGTERM during install', 130, 'what is left to do', COMPLETE),
  signalInGit: situation('SIGINT or SIGTERM during git', 130, 'what is left to do', COMPLETE),
  signalInVerify: situation(
    'SIGINT or SIGTERM during the tests of `--verify`',
    130,
    'what is left to do',
    COMPLETE,
  ),
  signalWriting: situation('SIGINT or SIGTERM while writing', 130, 'All files were written', COMPLETE),
  twoRuns: situation(
    'two runs at once for one target: the later one',
    3,
    'Choose another directory',
    COMPLETE,
  ),
  tenRuns: situation(
    'ten runs at once that add missing files: nine of them',
    3,
    'another run is at work',
    COMPLETE,
  ),
  stubborn: situation('an install that ignores signals: the second one', 130, 'what is left to do', COMPLETE),
  outputFull: situation(
    'standard output on a full disk',
    0,
    'could not be written: the disk is full',
    COMPLETE,
  ),
  unset: situation('an empty directory, as from an unset variable', 2, 'directory needs a value'),
  unusablePath: situation('a path with `#`, `?`, `%20`, `\\` or a control character', 3, 'cannot run there'),
  installFails: situation('install fails', 4, 'To finish: npm install', COMPLETE),
} as const satisfies Record<string, Situation>;

/** What no exit code answers. */
export const KILLED = {
  what: '`kill -9` while writing',
  disk: 'as before, except for a hidden folder that the next run removes',
};

export function robustnessTable(): string {
  const rows = Object.values(SITUATIONS).map(({ what, exit, disk }) => {
    return `| ${what.replaceAll('|', '\\|')} | ${exit} | ${disk} |`;
  });
  rows.push(`| ${KILLED.what} | – | ${KILLED.disk} |`);
  return ['| Situation | Exit code | Disk |', '|---|---|---|', ...rows].join('\n');
}
