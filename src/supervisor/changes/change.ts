import type { Change as ChangeInfo, ChangeStatus, Task as TaskInfo } from '../../pebble/types.ts';
import { timestamp } from '../timestamp.ts';

/** What a task does. Rejecting makes its status Error; the text is shown to whoever waits for the change. */
export type TaskRun = (task: Task, aborted: AbortSignal) => Promise<void>;

/** One step of a change. */
export class Task {
  readonly id: string;
  readonly kind: string;
  readonly summary: string;
  readonly lane: number;
  readonly waitsFor: readonly Task[];
  readonly run: TaskRun;
  readonly abort = new AbortController();
  readonly spawnTime = timestamp();
  readyTime: string | undefined;
  status: ChangeStatus = 'Do';
  /** Shown as the task's `data`. */
  data: Record<string, unknown> | undefined;
  readonly #log: string[] = [];

  constructor(id: string, plan: TaskPlan) {
    this.id = id;
    this.kind = plan.kind;
    this.summary = plan.summary;
    this.lane = plan.lane;
    this.waitsFor = plan.waitsFor;
    this.run = plan.run;
  }

  logInfo(message: string): void {
    this.#addLog(`${logTime()} INFO ${message}`);
  }

  logError(message: string): void {
    this.#addLog(`${logTime()} ERROR ${message}`);
  }

  /** The texts of the logged errors. */
  errors(): string[] {
    return this.#log.flatMap((line) => /^\S+ ERROR ([\s\S]*)$/.exec(line)?.[1] ?? []);
  }

  #addLog(line: string): void {
    this.#log.push(line);
    if (this.#log.length > keptLogLines) this.#log.shift();
  }

  info(): TaskInfo {
    return {
      id: this.id,
      kind: this.kind,
      summary: this.summary,
      status: this.status,
      ...(this.#log.length > 0 ? { log: [...this.#log] } : {}),
      progress: { label: '', done: this.status === 'Do' ? 0 : 1, total: 1 },
      'spawn-time': this.spawnTime,
      ...(this.readyTime ? { 'ready-time': this.readyTime } : {}),
      ...(this.data ? { data: this.data } : {}),
    };
  }
}

export interface TaskPlan {
  readonly kind: string;
  readonly summary: string;
  /** Tasks of one lane fail together. */
  readonly lane: number;
  readonly waitsFor: readonly Task[];
  readonly run: TaskRun;
}

/** As many as Pebble keeps. A check that fails for days would otherwise fill the memory. */
const keptLogLines = 10;

/** Ready means: will never do anything again. */
export function isReady(status: ChangeStatus): boolean {
  return status === 'Done' || status === 'Error' || status === 'Hold' || status === 'Undone';
}

/** A change's status is that of the task that comes first here. */
const precedence: readonly ChangeStatus[] = ['Abort', 'Doing', 'Do', 'Wait', 'Error', 'Undone', 'Done', 'Hold'];

export function statusOfTasks(statuses: readonly ChangeStatus[]): ChangeStatus {
  return precedence.find((status) => statuses.includes(status)) ?? 'Done';
}

/** The change as the API shows it. */
export function changeInfo(change: {
  readonly id: string;
  readonly kind: string;
  readonly summary: string;
  readonly tasks: readonly Task[];
  readonly spawnTime: string;
  readonly readyTime: string | undefined;
}): ChangeInfo {
  const status = statusOfTasks(change.tasks.map((task) => task.status));
  const failed = change.tasks.filter((task) => task.status === 'Error');
  const lines = failed.flatMap((task) => task.errors().map((error) => `- ${task.summary} (${error})`));
  return {
    id: change.id,
    kind: change.kind,
    summary: change.summary,
    status,
    ...(change.tasks.length > 0 ? { tasks: change.tasks.map((task) => task.info()) } : {}),
    ready: isReady(status),
    ...(status === 'Error' ? { err: `cannot perform the following tasks:\n${lines.join('\n')}` } : {}),
    'spawn-time': change.spawnTime,
    ...(change.readyTime ? { 'ready-time': change.readyTime } : {}),
  };
}

function logTime(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
