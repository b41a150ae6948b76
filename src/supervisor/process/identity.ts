import { readFileSync } from 'node:fs';
import type { Runner } from '../plan/types.ts';
import type { Identity } from '../workload/namespace.ts';

interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** Who a process runs as, and the HOME and USER that come with it. */
export interface RunAs {
  /** Absent when it is the supervisor's own identity. */
  readonly as?: Identity;
  readonly uid: number;
  readonly home?: string;
  readonly user?: string;
}

/** With `oneUser` every user of a workload is the supervisor's own: see `SupervisorSpec`. */
export interface Users {
  readonly oneUser: boolean;
}

/**
 * Reads `user`, `user-id`, `group` and `group-id` of a plan's entry by the machine's passwd and group files; null when
 * none is set. Throws an `Error` with Pebble's text for names that are unknown or contradict the ids. With `oneUser` every
 * user is the supervisor's own, known to the machine or not.
 */
export function runAs(of: Runner, { oneUser }: Users): RunAs | null {
  const { user, group } = of;
  // A client may send null for an id that it does not set.
  let uid = of['user-id'] ?? undefined;
  let gid = of['group-id'] ?? undefined;
  if (uid === undefined && gid === undefined && !user && !group) return null;
  if (oneUser) {
    if (uid === undefined && !user) throw new Error('must specify user, not just group');
    return { uid: process.getuid?.() ?? 0, ...(user ? { user } : {}) };
  }
  if (user) {
    const known = users().find(({ name }) => name === user);
    if (!known) throw new Error(`user: unknown user ${user}`);
    if (uid !== undefined && uid !== known.uid) {
      throw new Error(`user "${user}" UID (${known.uid}) does not match user-id (${uid})`);
    }
    uid = known.uid;
  }
  if (group) {
    const known = groups().get(group);
    if (known === undefined) throw new Error(`group: unknown group ${group}`);
    if (gid !== undefined && gid !== known) {
      throw new Error(`group "${group}" GID (${known}) does not match group-id (${gid})`);
    }
    gid = known;
  }
  if (uid === undefined) throw new Error('must specify user, not just group');
  const owner = userById(uid);
  if (gid === undefined) {
    if (!owner) throw new Error(`user: unknown userid ${uid}`);
    gid = owner.gid;
  }
  const own = uid === process.getuid?.() && gid === process.getgid?.();
  return { ...(own ? {} : { as: { uid, gid } }), uid, ...(owner ? { home: owner.home, user: owner.name } : {}) };
}

export function userById(uid: number): User | undefined {
  return users().find((user) => user.uid === uid);
}

/** A user's name by id; undefined when the machine does not know it. */
export function userName(uid: number): string | undefined {
  return userById(uid)?.name;
}

export function groupName(gid: number): string | undefined {
  for (const [name, id] of groups()) if (id === gid) return name;
  return undefined;
}

function users(): User[] {
  return lines('/etc/passwd').map(([name = '', , uid, gid, , home = '/']) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
    home,
  }));
}

function groups(): Map<string, number> {
  return new Map(lines('/etc/group').map(([name = '', , gid]) => [name, Number(gid)]));
}

function lines(file: string): string[][] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(':'));
  } catch {
    return [];
  }
}
