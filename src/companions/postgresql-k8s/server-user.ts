/**
 * Who the server runs as. PostgreSQL refuses to run as root; then it runs as `nobody`, who keeps a single right of
 * root's: to pass through directories, because a data directory below root's home is closed to all others.
 */
export interface ServerUser {
  /** What comes before the command of every program of PostgreSQL's. */
  readonly prefix: readonly string[];
  /** Who owns the database directory; absent: whoever we are. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** Linux's own id for a user without rights of any kind. */
const nobody = 65_534;

export function serverUser(uid = process.getuid?.()): ServerUser {
  if (uid !== 0) return { prefix: [] };
  const right = 'dac_override';
  return {
    prefix: [
      'setpriv',
      `--reuid=${nobody}`,
      `--regid=${nobody}`,
      '--clear-groups',
      `--bounding-set=-all,+${right}`,
      `--inh-caps=-all,+${right}`,
      `--ambient-caps=-all,+${right}`,
      // Without it, access(2) would judge by the rights of the real user, who has none.
      '--securebits=+no_setuid_fixup',
    ],
    owner: { uid: nobody, gid: nobody },
  };
}
