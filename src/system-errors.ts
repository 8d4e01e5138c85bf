import { codeOf, UserError } from './errors.ts';

/**
 * What the system refused, as a UserError that says what to do. Any other error is returned unchanged.
 *
 * @param directory the target, if the error is about writing to it
 */
export function explained(error: unknown, directory?: string): unknown {
  const [reason, fix] = PROBLEMS[codeOf(error)] ?? [];
  if (!reason) return error;
  if (directory !== undefined)
    return new UserError('target_not_writable', `cannot write to ${directory}: ${reason}`, {
      flag: 'directory',
      fix: fix ?? 'Choose another directory.',
    });
  const { path, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'uv_cwd')
    return new UserError('not_usable', 'the current directory does not exist any more', {
      fix: 'Change to another directory.',
    });
  return new UserError('not_usable', `cannot use ${path ?? syscall}: ${reason}`, {
    fix: fix ?? 'Put that right, then run the same command again.',
  });
}

/** In a few words; an unknown error speaks for itself. */
export const reasonOf = (error: unknown): string =>
  PROBLEMS[codeOf(error)]?.[0] ?? (error instanceof Error ? error.message : String(error));

// --- internal ---

/** Code → the reason, and what the user can do where that is not to choose another directory. */
const PROBLEMS: Readonly<Record<string, readonly [reason: string, fix?: string]>> = {
  EACCES: ['permission denied'],
  EPERM: ['not permitted'],
  ERR_ACCESS_DENIED: [
    "Node's permission model denies it",
    'Run Node without --permission, or allow it with the flags --allow-fs-read, --allow-fs-write and --allow-child-process.',
  ],
  EROFS: ['the file system is read-only'],
  ENOENT: ['no such file or directory'],
  ENOTDIR: ['part of the path is not a directory'],
  EISDIR: ['it is a directory'],
  ELOOP: ['its links lead in a circle'],
  ENAMETOOLONG: ['the name is too long'],
  EXDEV: ['it is on several file systems'],
  ENOSPC: ['the disk is full', 'Free some space.'],
  EDQUOT: ['the disk quota is exceeded', 'Free some space.'],
  EFBIG: ['a file would be larger than allowed', 'Raise the limit: ulimit -f unlimited'],
  EMFILE: ['this process has too many open files', 'Raise the limit: ulimit -n 1024'],
  ENFILE: ['this machine has too many open files', 'Close some programs.'],
  EAGAIN: ['this machine has too many processes', 'Close some programs.'],
  ENOMEM: ['this machine is out of memory', 'Close some programs.'],
  EBUSY: ['another program is using it', 'Close that program, or choose another directory.'],
  EIO: ['the device reports an error', 'Check the disk, or choose another directory.'],
};
