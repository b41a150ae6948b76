import { parseDuration } from '../../pebble/duration.ts';
import type { ServiceInfo } from '../../pebble/types.ts';
import type { Service as ServiceConfig } from '../plan/types.ts';
import { timestamp } from '../timestamp.ts';
import { backoffRule, nextBackoffMs, withJitter } from './backoff.ts';
import {
  type Action,
  defaultKillDelayMs,
  type Effect,
  failDelayMs,
  type Life,
  okayDelayMs,
  type ServiceEvent,
  statusOf,
  transition,
} from './state.ts';

/** A running start, as far as a service's life is concerned. */
export interface RunningProcess {
  readonly pid: number;
  signal(signal: NodeJS.Signals): void;
  terminate(): void;
  kill(): void;
  release(): void;
}

/** What a service needs of the world. */
export interface ServiceWorld {
  /** Starts the configuration's command. Throws with Pebble's text when that cannot be. */
  spawn(config: ServiceConfig, since: string, onEnd: (code: number) => void): RunningProcess;
  /** Called when a start has ended, whatever comes next. */
  ended(): void;
  /** The supervisor is asked to end, as `on-success: shutdown` and its like want it. */
  shutDown(why: 'success' | 'service-failure' | 'check-failure'): void;
  log(message: string): void;
}

type Outcome = PromiseWithResolvers<void>;

/** One service under our control: its state, its timers, its process. The rules are in `state.ts`. */
export class Service {
  readonly name: string;
  /** What it was last started with, or will be next; null when an earlier supervisor knew it. */
  config: ServiceConfig | null;
  startCount = 0;
  readonly #world: ServiceWorld;
  #life: Life = { state: 'initial', restarting: false };
  #since: string | undefined;
  #process: RunningProcess | undefined;
  #adoptedKillDelayMs: number | undefined;
  #backoffMs = 0;
  #backoffs = 0;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #startOutcome: Outcome | undefined;
  #stopOutcome: Outcome | undefined;

  constructor(name: string, config: ServiceConfig | null, world: ServiceWorld) {
    this.name = name;
    this.config = config;
    this.#world = world;
  }

  /** Takes over a process that runs already. Answers what to call when it has ended. */
  adopt(
    running: RunningProcess,
    { since, killDelayMs }: { since: string; killDelayMs: number },
  ): (code: number) => void {
    this.#process = running;
    this.#since = since;
    this.#adoptedKillDelayMs = killDelayMs;
    this.#life = { state: 'running', restarting: false };
    return (code) => this.#exited(code);
  }

  get current(): ServiceInfo['current'] {
    return statusOf(this.#life.state);
  }

  get currentSince(): string | undefined {
    return this.#since;
  }

  /** Must it be stopped when the daemon ends? */
  get isUp(): boolean {
    return ['starting', 'running', 'backoff', 'terminating', 'killing'].includes(this.#life.state);
  }

  /** How long it may take to stop, at most. */
  get stopMs(): number {
    return this.#killDelayMs + failDelayMs;
  }

  /**
   * Starts it with this configuration. Resolves when it has been up for a second, rejects when it was not. `note`
   * gets a line for the task's log when there is nothing to do.
   */
  async start(config: ServiceConfig, note: (line: string) => void, aborted: AbortSignal): Promise<void> {
    this.config = config;
    const outcome = Promise.withResolvers<void>();
    const { noted, waits } = this.#request({ type: 'start' }, outcome, 'start');
    if (noted) note(`Service "${this.name}" already started.`);
    if (!waits) return;
    const abort = (): void => this.#dispatch({ type: 'start-aborted' });
    aborted.addEventListener('abort', abort, { once: true });
    await outcome.promise.finally(() => aborted.removeEventListener('abort', abort));
  }

  /** Stops it. Resolves when it is gone, rejects when it cannot be got rid of. */
  async stop(note: (line: string) => void): Promise<void> {
    const outcome = Promise.withResolvers<void>();
    const { noted, waits } = this.#request({ type: 'stop' }, outcome, 'stop');
    if (noted === 'stopping') note(`Service "${this.name}" already stopping.`);
    if (noted === 'stopped') note(`Service "${this.name}" already stopped.`);
    if (noted === 'exited') note(`Service "${this.name}" had already exited.`);
    if (waits) await outcome.promise;
  }

  /** Throws when it does not run. */
  signal(signal: NodeJS.Signals): void {
    const { state } = this.#life;
    if ((state !== 'starting' && state !== 'running') || !this.#process) throw new Error('service is not running');
    this.#process.signal(signal);
  }

  checkFailed(action: Action): void {
    this.#dispatch({ type: 'check-failed', action });
  }

  /** Leaves the process to the next supervisor. */
  release(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#process?.release();
  }

  get #killDelayMs(): number {
    const own = this.config?.['kill-delay'];
    return own === undefined
      ? ((this.config ? undefined : this.#adoptedKillDelayMs) ?? defaultKillDelayMs)
      : (parseDuration(own) ?? 0);
  }

  #request(
    event: ServiceEvent,
    outcome: Outcome,
    kind: 'start' | 'stop',
  ): { noted: string | undefined; waits: boolean } {
    const step = transition(this.#life, event);
    const noted = step.effects.find((effect) => effect.do === 'note')?.text;
    const refused = step.effects.find((effect) => effect.do === 'refuse');
    if (refused) throw new Error(refused.error);
    if (noted === undefined) {
      if (kind === 'start') this.#startOutcome = outcome;
      else this.#stopOutcome = outcome;
    }
    this.#apply(step.life, step.effects);
    return { noted, waits: noted === undefined };
  }

  #dispatch(event: ServiceEvent): void {
    const { life, effects } = transition(this.#life, event);
    this.#apply(life, effects);
  }

  #apply(life: Life, effects: readonly Effect[]): void {
    if (statusOf(life.state) !== statusOf(this.#life.state) || this.#since === undefined) this.#since = timestamp();
    this.#life = life;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'spawn':
        this.#spawn();
        return;
      case 'send':
        if (effect.signal === 'SIGTERM') this.#process?.terminate();
        else this.#process?.kill();
        return;
      case 'await':
        this.#await(effect.delay);
        return;
      case 'reset-backoff':
        this.#backoffMs = 0;
        this.#backoffs = 0;
        return;
      case 'report-start':
        this.#report('start', effect.error === undefined ? undefined : `service start attempt: ${effect.error}`);
        return;
      case 'report-stop':
        this.#report('stop', effect.error === undefined ? undefined : `cannot stop service: ${effect.error}`);
        return;
      case 'shut-down':
        this.#world.shutDown(effect.why);
        return;
      case 'note':
      case 'refuse':
        return;
    }
  }

  #spawn(): void {
    const config = this.config as ServiceConfig;
    try {
      this.#process = this.#world.spawn(config, this.#since as string, (code) => this.#exited(code));
    } catch (error) {
      this.#world.log(`Service "${this.name}": ${(error as Error).message}`);
      // Told before the state is left, while whoever asked for the start still waits for it.
      const outcome = this.#startOutcome;
      this.#startOutcome = undefined;
      this.#dispatch({ type: 'start-failed' });
      outcome?.reject(error as Error);
      return;
    }
    this.startCount += 1;
    this.#timer('reset', backoffRule(config).limitMs, () => {
      this.#backoffMs = 0;
      this.#backoffs = 0;
    });
  }

  #exited(code: number): void {
    clearTimeout(this.#timers.get('reset'));
    this.#process = undefined;
    this.#world.ended();
    this.#dispatch({ type: 'exited', code, action: this.#actionAfter(code) });
  }

  #actionAfter(code: number): Action {
    // Without its configuration a service cannot be started again: what the plan wants shows when the plan is there.
    if (this.config === null) return 'ignore';
    return ((code === 0 ? this.config['on-success'] : this.config['on-failure']) ?? 'restart') as Action;
  }

  #await(delay: 'okay' | 'kill' | 'fail' | 'backoff'): void {
    switch (delay) {
      case 'okay':
        this.#timer('okay', okayDelayMs, () => this.#dispatch({ type: 'okay-delay-elapsed' }));
        return;
      case 'kill':
        this.#timer('stop', this.#killDelayMs, () => this.#dispatch({ type: 'kill-delay-elapsed' }));
        return;
      case 'fail':
        this.#timer('stop', failDelayMs, () => this.#dispatch({ type: 'fail-delay-elapsed' }));
        return;
      case 'backoff': {
        this.#backoffs += 1;
        this.#backoffMs = nextBackoffMs(backoffRule(this.config), this.#backoffMs);
        this.#world.log(
          `Service "${this.name}" waiting ~${this.#backoffMs}ms before restart (backoff ${this.#backoffs})`,
        );
        const ms = withJitter(this.#backoffMs, Math.random());
        this.#timer('backoff', ms, () => this.#dispatch({ type: 'backoff-elapsed' }));
        return;
      }
    }
  }

  /** One timer of a kind at a time: a new one means that the old one's moment has passed. */
  #timer(kind: 'okay' | 'stop' | 'backoff' | 'reset', ms: number, elapsed: () => void): void {
    clearTimeout(this.#timers.get(kind));
    this.#timers.set(kind, setTimeout(elapsed, Math.min(ms, 2 ** 31 - 1)));
  }

  #report(kind: 'start' | 'stop', error: string | undefined): void {
    const outcome = kind === 'start' ? this.#startOutcome : this.#stopOutcome;
    if (kind === 'start') this.#startOutcome = undefined;
    else this.#stopOutcome = undefined;
    if (error === undefined) outcome?.resolve();
    else outcome?.reject(new Error(error));
  }
}
