import type { Shared } from '../context.ts';
import type { Leftovers } from '../units/leftovers.ts';
import type { Scheduler } from '../units/scheduler.ts';

/** What methods act on beside a model. */
export interface Parts {
  readonly shared: Shared;
  readonly scheduler: Scheduler;
  readonly leftovers: Leftovers;
  readonly startedAt: string;
  /** Ends the dispatches that run and closes the model; the server answers on. */
  readonly closeModel: () => Promise<void>;
  /** That, and ends the server when its last answer is out. */
  readonly close: () => Promise<void>;
}
