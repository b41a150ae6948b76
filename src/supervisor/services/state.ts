/** The states of a service's life, as in Pebble's state diagram. */
export type ServiceState =
  | 'initial'
  | 'starting'
  | 'running'
  | 'terminating'
  | 'killing'
  | 'stopped'
  | 'backoff'
  | 'exited';

export type Action = 'restart' | 'shutdown' | 'success-shutdown' | 'failure-shutdown' | 'ignore';

export interface Life {
  readonly state: ServiceState;
  /** Terminating because of a failed check: it is started again afterwards. */
  readonly restarting: boolean;
}

export type ServiceEvent =
  | { readonly type: 'start' }
  | { readonly type: 'start-failed' }
  | { readonly type: 'start-aborted' }
  | { readonly type: 'okay-delay-elapsed' }
  | { readonly type: 'exited'; readonly code: number; readonly action: Action }
  | { readonly type: 'stop' }
  | { readonly type: 'kill-delay-elapsed' }
  | { readonly type: 'fail-delay-elapsed' }
  | { readonly type: 'backoff-elapsed' }
  | { readonly type: 'check-failed'; readonly action: Action };

/** What has to be done because of an event, in this order. */
export type Effect =
  | { readonly do: 'spawn' }
  | { readonly do: 'send'; readonly signal: 'SIGTERM' | 'SIGKILL' }
  | { readonly do: 'await'; readonly delay: 'okay' | 'kill' | 'fail' | 'backoff' }
  | { readonly do: 'reset-backoff' }
  /** Whoever waits for the start is told; without `error` it went well. */
  | { readonly do: 'report-start'; readonly error?: string }
  | { readonly do: 'report-stop'; readonly error?: string }
  | { readonly do: 'shut-down'; readonly why: 'success' | 'service-failure' | 'check-failure' }
  /** The request needs nothing; goes to the task's log. */
  | { readonly do: 'note'; readonly text: 'started' | 'stopping' | 'stopped' | 'exited' }
  | { readonly do: 'refuse'; readonly error: string };

export interface Transition {
  readonly life: Life;
  readonly effects: readonly Effect[];
}

export const okayDelayMs = 1000;
export const failDelayMs = 5000;
export const defaultKillDelayMs = 5000;

/** Every way in which a service's life goes on. Pure; an event that means nothing in a state changes nothing. */
export function transition(life: Life, event: ServiceEvent): Transition {
  switch (event.type) {
    case 'start':
      return onStart(life);
    case 'start-failed':
      // A program that vanished while its service waited for the next try may come back: keep trying.
      if (life.state === 'running') return to('backoff', { do: 'await', delay: 'backoff' });
      return to('stopped');
    case 'start-aborted':
      if (life.state !== 'starting') return same(life);
      return to(
        'stopped',
        { do: 'send', signal: 'SIGKILL' },
        { do: 'report-start', error: 'start aborted, sent SIGKILL to process' },
      );
    case 'okay-delay-elapsed':
      return life.state === 'starting' ? to('running', { do: 'report-start' }) : same(life);
    case 'exited':
      return onExited(life, event.code, event.action);
    case 'stop':
      return onStop(life);
    case 'kill-delay-elapsed':
      if (life.state !== 'terminating') return same(life);
      return {
        life: { state: 'killing', restarting: life.restarting },
        effects: [
          { do: 'send', signal: 'SIGKILL' },
          { do: 'await', delay: 'fail' },
        ],
      };
    case 'fail-delay-elapsed':
      if (life.state !== 'killing') return same(life);
      return life.restarting
        ? to('stopped')
        : to('stopped', { do: 'report-stop', error: 'process still running after SIGTERM and SIGKILL' });
    case 'backoff-elapsed':
      return life.state === 'backoff' ? to('running', { do: 'spawn' }) : same(life);
    case 'check-failed':
      return onCheckFailed(life, event.action);
  }
}

/** What the API calls the states. */
export function statusOf(state: ServiceState): 'active' | 'inactive' | 'backoff' | 'error' {
  if (state === 'starting' || state === 'running') return 'active';
  if (state === 'backoff') return 'backoff';
  return state === 'exited' || state === 'initial' ? 'error' : 'inactive';
}

function onStart(life: Life): Transition {
  switch (life.state) {
    case 'starting':
    case 'running':
      return same(life, { do: 'note', text: 'started' });
    case 'terminating':
    case 'killing':
      return same(life, { do: 'refuse', error: `cannot start service while ${life.state}` });
    default:
      return to('starting', { do: 'reset-backoff' }, { do: 'spawn' }, { do: 'await', delay: 'okay' });
  }
}

function onExited(life: Life, code: number, action: Action): Transition {
  switch (life.state) {
    case 'starting': {
      const after = onExited({ state: 'running', restarting: false }, code, action);
      const error = `exited quickly with code ${code}, will ${action}`;
      return { life: after.life, effects: [{ do: 'report-start', error }, ...after.effects] };
    }
    case 'running':
      return afterAction(code, action);
    case 'terminating':
    case 'killing':
      return life.restarting ? to('backoff', { do: 'await', delay: 'backoff' }) : to('stopped', { do: 'report-stop' });
    default:
      return same(life);
  }
}

function afterAction(code: number, action: Action): Transition {
  switch (action) {
    case 'ignore':
      return to(code === 0 ? 'stopped' : 'exited');
    case 'restart':
      return to('backoff', { do: 'await', delay: 'backoff' });
    case 'shutdown':
      return to('exited', { do: 'shut-down', why: code === 0 ? 'success' : 'service-failure' });
    case 'success-shutdown':
      return to('exited', { do: 'shut-down', why: 'success' });
    case 'failure-shutdown':
      return to('exited', { do: 'shut-down', why: 'service-failure' });
  }
}

function onStop(life: Life): Transition {
  const terminate: Effect[] = [
    { do: 'send', signal: 'SIGTERM' },
    { do: 'await', delay: 'kill' },
  ];
  switch (life.state) {
    case 'starting':
      return to('terminating', { do: 'report-start', error: 'stopped before the 1s okay delay' }, ...terminate);
    case 'running':
      return to('terminating', ...terminate);
    case 'backoff':
      return to('stopped', { do: 'report-stop' });
    case 'terminating':
    case 'killing':
      // Asked to stop for good while it stops for a restart: it stays down.
      return { life: { state: life.state, restarting: false }, effects: [{ do: 'note', text: 'stopping' }] };
    case 'exited':
      return to('stopped', { do: 'note', text: 'exited' });
    case 'initial':
    case 'stopped':
      return same(life, { do: 'note', text: 'stopped' });
  }
}

function onCheckFailed(life: Life, action: Action): Transition {
  if (life.state !== 'running' && life.state !== 'backoff' && life.state !== 'exited') return same(life);
  if (action === 'shutdown') return same(life, { do: 'shut-down', why: 'check-failure' });
  if (action === 'success-shutdown') return same(life, { do: 'shut-down', why: 'success' });
  if (action !== 'restart' || life.state === 'backoff') return same(life);
  if (life.state === 'exited') return to('backoff', { do: 'await', delay: 'backoff' });
  return {
    life: { state: 'terminating', restarting: true },
    effects: [
      { do: 'send', signal: 'SIGTERM' },
      { do: 'await', delay: 'kill' },
    ],
  };
}

function to(state: ServiceState, ...effects: Effect[]): Transition {
  return { life: { state, restarting: false }, effects };
}

function same(life: Life, ...effects: Effect[]): Transition {
  return { life, effects };
}
