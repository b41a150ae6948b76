/**
 * Pebble's HTTP API as data: field names are Pebble's own, optional keys are absent and never null unless a comment
 * says so. Times are RFC 3339 with up to nanoseconds, durations Go style (`1.5s`).
 */
export interface SystemInfo {
  readonly version: string;
  /** New at every start of the daemon. */
  readonly 'boot-id': string;
  readonly 'http-address'?: string;
  readonly 'https-address'?: string;
}

export type Startup = 'enabled' | 'disabled';

export interface ServiceInfo {
  readonly name: string;
  readonly startup: Startup;
  /** `active` from the moment of the start on; `error` when it exited and stays down; `inactive` when never started or stopped. */
  readonly current: 'active' | 'backoff' | 'error' | 'inactive';
  /** Since when `current` is so; absent for a service that was never started. */
  readonly 'current-since'?: string;
}

export interface CheckInfo {
  readonly name: string;
  readonly level?: 'alive' | 'ready';
  readonly startup: Startup;
  readonly status: 'up' | 'down' | 'inactive';
  readonly successes?: number;
  readonly failures?: number;
  readonly threshold: number;
  /** The running perform-check or recover-check change; absent while inactive. */
  readonly 'change-id'?: string;
  readonly 'prev-change-id'?: string;
}

export type ChangeStatus =
  | 'Do'
  | 'Doing'
  | 'Done'
  | 'Wait'
  | 'Abort'
  | 'Undo'
  | 'Undoing'
  | 'Undone'
  | 'Hold'
  | 'Error';

export interface Task {
  readonly id: string;
  readonly kind: string;
  readonly summary: string;
  readonly status: ChangeStatus;
  readonly log?: readonly string[];
  readonly progress: { readonly label: string; readonly done: number; readonly total: number };
  readonly 'spawn-time': string;
  readonly 'ready-time'?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface Change {
  readonly id: string;
  readonly kind: string;
  readonly summary: string;
  readonly status: ChangeStatus;
  readonly tasks?: readonly Task[];
  /** No task will do anything any more. */
  readonly ready: boolean;
  readonly err?: string;
  readonly 'spawn-time': string;
  readonly 'ready-time'?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export type NoticeType = 'custom' | 'change-update' | 'warning';

export interface Notice {
  readonly id: string;
  /** null: for every user. */
  readonly 'user-id': number | null;
  readonly type: NoticeType;
  readonly key: string;
  readonly 'first-occurred': string;
  readonly 'last-occurred': string;
  readonly 'last-repeated': string;
  readonly occurrences: number;
  readonly 'last-data'?: Readonly<Record<string, string>>;
  readonly 'repeat-after'?: string;
  readonly 'expire-after'?: string;
}

export interface LogEntry {
  /** Milliseconds, UTC. */
  readonly time: string;
  readonly service: string;
  readonly message: string;
}

export type FileType = 'file' | 'directory' | 'symlink' | 'socket' | 'named-pipe' | 'device' | 'unknown';

export interface FileInfo {
  readonly path: string;
  readonly name: string;
  readonly type: FileType;
  /** Bytes; regular files only. */
  readonly size?: number;
  /** Three octal digits. */
  readonly permissions: string;
  readonly 'last-modified': string;
  readonly 'user-id'?: number;
  readonly user?: string;
  readonly 'group-id'?: number;
  readonly group?: string;
}

/** Whom a file or a process belongs to; absent fields mean the daemon's own user. */
export interface Owner {
  readonly user?: string;
  readonly 'user-id'?: number;
  readonly group?: string;
  readonly 'group-id'?: number;
}

export type ErrorKind =
  | 'login-required'
  | 'not-found'
  | 'permission-denied'
  | 'generic-file-error'
  | 'no-default-services'
  | 'daemon-restart'
  | 'system-restart';
