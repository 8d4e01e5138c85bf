/**
 * First words of the command line that are commands, whatever lies on the disk. Those to come are taken already, so
 * that no word ever changes from a folder into a command.
 */
export const COMMAND_WORDS: readonly string[] = ['create', 'update', 'doctor', 'audit', 'add', 'certs'];
