import type { EventEmitter } from 'node:events';
import type { TaskLog } from './api.ts';
import type { Catalogue } from './catalogue.ts';
import type { Companion } from './companion.ts';
import type { HookServer } from './hook/server.ts';
import type { Measures } from './metrics/measures.ts';
import type { Paths } from './paths.ts';
import type { Database } from './store/database.ts';
import type { LogStore } from './store/log.ts';
import { type Model, modelOfUnit } from './store/models.ts';
import type { CharmViews } from './units/charm-views.ts';
import type { ContainerContact } from './units/contact.ts';

/** What a call, or a unit, has to do with. */
export interface Context extends Shared {
  readonly model: Model;
}

export function contextOf(shared: Shared, model: Model): Context {
  return { ...shared, model };
}

/** Undefined once the unit has gone. */
export function contextOfUnit(shared: Shared, unit: number): Context | undefined {
  const model = modelOfUnit(shared.db, unit);
  return model && contextOf(shared, model);
}

/** What the parts of a running controller share. Made once by `startController`. */
export interface Shared {
  readonly paths: Paths;
  readonly env: NodeJS.ProcessEnv;
  readonly catalogue: Catalogue;
  readonly db: Database;
  readonly logs: LogStore;
  readonly hooks: HookServer;
  /** `action-log` lines as they come, with the uuid of their model. */
  readonly taskLogs: EventEmitter<{ line: [model: string, line: TaskLog] }>;
  /** What is done for a unit (by its id) before its first event, line by line, for whoever deploys it. */
  readonly preparations: EventEmitter<{
    said: [unit: number, line: string];
    ready: [unit: number];
    failed: [unit: number, reason: string];
  }>;
  readonly contact: ContainerContact;
  /** Keeps deploys apart where they would take each other's revision of a charm. */
  readonly charms: Turns;
  readonly charmViews: CharmViews;
  /** The controller's own log: a constant sentence and what belongs to it. */
  readonly log: ControllerLog;
  readonly measures: Measures;
  /** Where `measures` are served (`127.0.0.1:38123`); undefined when they are not. */
  readonly metricsAddress: string | undefined;
  /** Loads a companion once. Undefined when none has that name. */
  companion(name: string): Promise<Companion | undefined>;
}

/** Lets one run at a time, in the order of asking. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  exclusively<T>(body: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(body, body);
    this.#last = mine.catch(() => {});
    return mine;
  }
}

export interface ControllerLog {
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}

/** What charms are told as `JUJU_VERSION`. */
export const jujuVersion = '3.6.13';
export const version = '0.1.0';
export const controllerName = 'charmlet';
/** The user that every model belongs to: there is one. */
export const modelOwner = 'admin';
export const cloudName = 'local';
export const regionName = 'localhost';
