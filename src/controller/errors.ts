/** An error that is meant for whoever called: its message is shown as it is, as `ERROR <message>`. */
export class UserError extends Error {
  /** What the caller's process exits with: 1 for a run-time error, 2 for a usage error. */
  readonly exitCode: 1 | 2;

  constructor(message: string, options: { readonly exitCode?: 1 | 2; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

/** One line for any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Does `body`; what the system refuses (no permission, no space, a file that is gone) becomes one line that begins with `what`. */
export async function explained<T>(what: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof UserError || codeOf(error) === undefined) throw error;
    throw new UserError(`${what}: ${messageOf(error)}`, { cause: error });
  }
}

/** The `code` of a system error (`ENOENT`), else undefined. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Whether the disk is full, as the system (`ENOSPC`, `EDQUOT`) or SQLite (`SQLITE_FULL`) says it. */
export function isDiskFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT' || sqliteCodeOf(error) === sqliteFull;
}

/** Whether SQLite has found that a file is none of its databases, or is damaged. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCodeOf(error);
  return code === sqliteCorrupt || code === sqliteNotADatabase;
}

const sqliteFull = 13;
const sqliteCorrupt = 11;
const sqliteNotADatabase = 26;

/** The primary result code of an error of SQLite's; the bits above it tell which kind of that. */
function sqliteCodeOf(error: unknown): number | undefined {
  if (codeOf(error) !== 'ERR_SQLITE_ERROR') return undefined;
  return (error as { readonly errcode: number }).errcode & 0xff;
}
