import type { Change as ChangeInfo } from '../../pebble/types.ts';
import { timestamp } from '../timestamp.ts';
import { changeInfo, isReady, statusOfTasks, Task, type TaskPlan } from './change.ts';

/** Finished changes beyond so many are forgotten, oldest first. */
const keptReadyChanges = 500;

/** Tells of a change that was made or whose status is another one now. `data` says what it is about. */
export type ChangeObserver = (change: Change, data: Readonly<Record<string, string>>) => void;

/** A unit of work that the API accepted: tasks in lanes, run as soon as what they wait for is done. */
export class Change {
  readonly id: string;
  readonly kind: string;
  readonly summary: string;
  readonly services: readonly string[];
  readonly tasks: Task[] = [];
  readonly spawnTime = timestamp();
  readyTime: string | undefined;
  /** Resolves when no task will do anything any more. */
  readonly ready: Promise<void>;
  readonly settle: () => void;

  constructor(id: string, of: { kind: string; summary: string; services: readonly string[] }) {
    this.id = id;
    this.kind = of.kind;
    this.summary = of.summary;
    this.services = of.services;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    this.settle = resolve;
  }

  get status(): ReturnType<typeof statusOfTasks> {
    return statusOfTasks(this.tasks.map((task) => task.status));
  }

  info(): ChangeInfo {
    return changeInfo(this);
  }
}

export interface ChangePlan {
  readonly kind: string;
  readonly summary: string;
  /** The services it is about; what `GET /v1/changes?for=` finds it by. */
  readonly services?: readonly string[];
  /** Goes into the change-update notices beside the kind. */
  readonly noticeData?: Readonly<Record<string, string>>;
  /** Adds the tasks. `waitsFor` may name tasks that were added before. */
  readonly tasks: (add: (task: TaskPlan) => Task) => void;
}

/** All changes of one daemon, and what runs their tasks. */
export class ChangeBook {
  readonly #changes = new Map<string, Change>();
  readonly #runs = new WeakMap<Change, ChangeRun>();
  readonly #observe: ChangeObserver;
  readonly #forget: (change: Change) => void;
  readonly #nextId: (kind: 'change' | 'task') => string;

  constructor(options: {
    observe: ChangeObserver;
    forget: (change: Change) => void;
    nextId: (kind: 'change' | 'task') => string;
  }) {
    this.#observe = options.observe;
    this.#forget = options.forget;
    this.#nextId = options.nextId;
  }

  get(id: string): Change | undefined {
    return this.#changes.get(id);
  }

  all(): Change[] {
    return [...this.#changes.values()];
  }

  task(id: string): Task | undefined {
    return this.all()
      .flatMap((change) => change.tasks)
      .find((task) => task.id === id);
  }

  /** Makes a change and starts it. Tasks begin to run in the same turn, so that what is asked first is begun first. */
  create(plan: ChangePlan): Change {
    const { kind, summary, services = [] } = plan;
    const change = new Change(this.#nextId('change'), { kind, summary, services });
    const run = new ChangeRun(change, (status) => {
      if (isReady(status)) this.#forgetOld();
      this.#observe(change, { kind, ...plan.noticeData });
    });
    this.#runs.set(change, run);
    plan.tasks((task) => {
      const added = new Task(this.#nextId('task'), task);
      change.tasks.push(added);
      return added;
    });
    this.#changes.set(change.id, change);
    run.begin();
    return change;
  }

  /** Aborts what has not begun and tells what runs. The change becomes ready when the running tasks have ended. */
  abort(change: Change): void {
    this.#runs.get(change)?.abort();
  }

  #forgetOld(): void {
    const ready = this.all().filter((change) => change.readyTime !== undefined);
    for (const change of ready.slice(0, -keptReadyChanges)) {
      this.#changes.delete(change.id);
      this.#forget(change);
    }
  }
}

/** Runs the tasks of one change. */
class ChangeRun {
  readonly #change: Change;
  readonly #onStatus: (status: Change['status']) => void;
  #seen: Change['status'] | undefined;

  constructor(change: Change, onStatus: (status: Change['status']) => void) {
    this.#change = change;
    this.#onStatus = onStatus;
  }

  begin(): void {
    this.#update();
    this.#startReady();
    this.#update();
  }

  abort(): void {
    for (const task of this.#change.tasks) if (task.status === 'Do') task.status = 'Hold';
    for (const task of this.#change.tasks) {
      if (task.status !== 'Doing') continue;
      task.status = 'Abort';
      task.abort.abort();
    }
    this.#update();
  }

  #startReady(): void {
    for (const task of this.#change.tasks) {
      if (task.status === 'Do' && task.waitsFor.every(({ status }) => status === 'Done')) void this.#run(task);
    }
  }

  async #run(task: Task): Promise<void> {
    task.status = 'Doing';
    try {
      await task.run(task, task.abort.signal);
      task.status = 'Done';
    } catch (error) {
      // A task that ends because it was told to has nothing to undo and has not failed: it counts as done.
      if (task.abort.signal.aborted && error === task.abort.signal.reason) task.status = 'Done';
      else this.#fail(task, error as Error);
    }
    task.readyTime = timestamp();
    this.#startReady();
    this.#update();
  }

  #fail(task: Task, error: Error): void {
    // As in Pebble a failing task is aborted with its lane first; who counts the notices of a change sees that.
    task.status = 'Abort';
    this.#update();
    task.logError(error.message);
    task.status = 'Error';
    // What is in its lane, and what waits for it, will not be done any more.
    const lanes = new Set([task.lane]);
    for (let grown = true; grown; ) {
      grown = false;
      for (const other of this.#change.tasks) {
        const waitsInVain = other.waitsFor.some(({ status }) => status === 'Error' || status === 'Hold');
        if (!waitsInVain && !(lanes.has(other.lane) && other !== task)) continue;
        if (other.status === 'Do') {
          other.status = 'Hold';
          lanes.add(other.lane);
          grown = true;
        } else if (other.status === 'Doing') {
          other.status = 'Abort';
          other.abort.abort();
        }
      }
    }
  }

  #update(): void {
    const { status } = this.#change;
    if (isReady(status) && this.#change.readyTime === undefined) this.#change.readyTime = timestamp();
    if (status !== this.#seen) {
      this.#seen = status;
      this.#onStatus(status);
    }
    if (isReady(status)) this.#change.settle();
  }
}
