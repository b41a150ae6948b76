import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { type Family, familyMembers, signalAll } from './family.ts';
import { isAlive, mountNamespace } from './proc.ts';
import type { ProcessRecord } from './record.ts';

/**
 * How often an adopted process is looked at. It is not our child, so the kernel tells us nothing of its end, and Node
 * offers no pidfd; a look is one read of /proc, and only the time between an adoption and the next restart pays it.
 */
const lookMs = 250;
/** How often is looked whether the rest of a stopping service has gone. */
const restMs = 100;

/** A running start of a service: our own child, or one that an earlier supervisor started. */
export class ServiceProcess {
  readonly pid: number;
  readonly #start: string;
  readonly #startTime: string;
  readonly #ownNamespace = mountNamespace('self');
  #mountNamespace: string | null;
  readonly #bin: string;
  #ended = false;
  #draining = false;
  #timer: NodeJS.Timeout | undefined;
  #kills = 0;
  readonly #onEnd: (code: number) => void;

  private constructor(
    record: Pick<ProcessRecord, 'pid' | 'start' | 'startTime' | 'mountNamespace' | 'bin'>,
    onEnd: (code: number) => void,
  ) {
    this.pid = record.pid;
    this.#start = record.start;
    this.#startTime = record.startTime;
    this.#mountNamespace = record.mountNamespace;
    this.#bin = record.bin;
    this.#onEnd = onEnd;
  }

  /** `onEnd` is called once, when the main process and everything that it left behind are gone. */
  static ofChild(child: ChildProcess, record: ProcessRecord, onEnd: (code: number) => void): ServiceProcess {
    const running = new ServiceProcess(record, onEnd);
    child.once('exit', (code, signal) => running.#mainEnded(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    return running;
  }

  /** Takes over a process of an earlier supervisor. Its exit code cannot be had; it counts as a failure (-1). */
  static adopted(record: ProcessRecord, onEnd: (code: number) => void): ServiceProcess {
    const running = new ServiceProcess(record, onEnd);
    running.#timer = setInterval(() => {
      if (isAlive(record.pid, record.startTime)) return;
      clearInterval(running.#timer);
      running.#mainEnded(-1);
    }, lookMs);
    return running;
  }

  /** The service's own mount namespace, as far as it is known by now: it is made shortly after the start. */
  lookForNamespace(): string | null {
    const found = this.#ended ? null : mountNamespace(this.pid);
    if (found !== null && found !== this.#ownNamespace) this.#mountNamespace = found;
    return this.#mountNamespace;
  }

  /** To the main process alone. Throws when it is gone. */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** To the process group; from then on the end waits for what the main process may leave behind. */
  terminate(): void {
    this.lookForNamespace();
    this.#draining = true;
    signalAll([-this.pid], 'SIGTERM');
  }

  /** To every process of the family. */
  kill(): void {
    this.#draining = false;
    signalAll([-this.pid, ...familyMembers(this.#family())], 'SIGKILL');
  }

  /** Leaves the process alone and stops watching it: its supervisor ends and the next one adopts it. */
  release(): void {
    clearInterval(this.#timer);
    this.#ended = true;
  }

  #family(): Family {
    return { pid: this.pid, start: this.#start, mountNamespace: this.#mountNamespace, bin: this.#bin };
  }

  /**
   * The main process has ended. What it started and left is of no use without it, and a next start beside it would be a
   * second worker: it is killed at once, or, when the service is being stopped, left to end by itself until `kill`.
   */
  #mainEnded(code: number): void {
    if (this.#ended) return;
    const rest = familyMembers(this.#family());
    if (rest.length === 0) {
      this.#ended = true;
      this.#onEnd(code);
      return;
    }
    if (!this.#draining) signalAll(rest, 'SIGKILL');
    // A process that the kernel cannot end yet is asked after less and less often.
    const againMs = this.#draining ? restMs : Math.min(1000, 5 * 2 ** this.#kills++);
    this.#timer = setTimeout(() => this.#mainEnded(code), againMs);
  }

  /** Is the main process the one that was started, and alive? */
  get alive(): boolean {
    return isAlive(this.pid, this.#startTime);
  }
}
