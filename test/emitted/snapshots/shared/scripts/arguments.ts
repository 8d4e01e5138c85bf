/** What a script was called with. npm takes the `--` in front away, pnpm hands it on. */
export function argumentsOf(argv: string[]): string[] {
  const given = argv.slice(2);
  return given[0] === '--' ? given.slice(1) : given;
}
