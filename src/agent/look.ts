import { type Outlook, outlook } from '../../charm/outlook.ts';
import { questions } from '../../charm/questions.ts';
import type { Done, Facts, Memory, Question } from '../../charm/types.ts';
import type { TemporalServer } from '../temporal/temporal-server.ts';
import { answers, loadServer, serverOf } from './answers.ts';
import { type HookFacts, readHookFacts } from './hook-facts.ts';
import { readWorkload } from './workload-facts.ts';
import type { World } from './world.ts';

/** What a dispatch knows without looking: what Juju told, and what the dispatch did itself. */
export interface View {
  readonly config: HookFacts['config'];
  /** What was read of options and secrets; they do not change while a hook runs. */
  readonly environment: Facts['environment'];
  readonly secrets: Facts['secrets'];
  readonly certificates: Facts['certificates'];
  readonly relations: Facts['relations'];
  readonly vault: Facts['vault'];
  readonly leader: boolean;
  readonly status: HookFacts['status'];
  readonly stored: Memory;
  readonly metrics: string;
  readonly memory: Memory;
  readonly done: Done;
}

/** The facts as far as the decision needs them, and what follows from them. */
export interface Look {
  readonly facts: Facts;
  readonly seen: Outlook | null;
}

/** Looks at the world as often as asked; the first look reads Juju and Pebble at the same time. */
export class Observer {
  readonly #world: World;
  #server: Promise<TemporalServer> | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  /** `view` is null in the first look. */
  async look(view: View | null): Promise<Look> {
    if (view === null && mayAsk(this.#world.hook)) loadServer();
    const [hook, { workload, planText }] = await Promise.all([
      view ?? readHookFacts(this.#world).then(firstView),
      readWorkload(this.#world),
    ]);
    const facts = factsOf(this.#world, { ...hook, workload });
    return this.#complete(facts, planText);
  }

  close(): void {
    this.#server?.then((server) => server.close());
  }

  /** Reads further facts until the decision needs no more. */
  async #complete(begun: Facts, planText: string): Promise<Look> {
    const answered = new Set<Question>();
    let facts = begun;
    for (;;) {
      const seen = outlook(facts);
      const open = questions(facts, seen, answered);
      if (open.length === 0) return { facts, seen };
      const from = { world: this.#world, facts, planText, server: () => this.#serverOf(begun) };
      const got = await Promise.all(open.map((question) => answers[question](from)));
      for (const question of open) answered.add(question);
      facts = got.reduce((sum, answer) => answer(sum), { ...facts, now: Date.now() });
    }
  }

  #serverOf(facts: Facts): Promise<TemporalServer> {
    this.#server ??= serverOf(facts);
    return this.#server;
  }
}

/**
 * These events come when the process is new or not yet seen to poll. The client takes longer to load than Juju takes
 * to answer, so that it is worth to guess; whether the server is asked is the decision's affair.
 */
function mayAsk(hook: string): boolean {
  return /-pebble-(ready|custom-notice|check-failed|check-recovered)$/.test(hook);
}

/** The facts before anything is asked. */
export function factsOf(world: World, seen: View & Pick<Facts, 'workload'>): Facts {
  const { unit, model, modelUuid, proxies, began } = world;
  return {
    ...seen,
    now: Date.now(),
    dispatchBegan: began,
    unit,
    model,
    modelUuid,
    leaving: isLeaving(world.hook),
    proxies,
    server: { outcome: 'not asked' },
    health: { outcome: 'not asked' },
    database: { outcome: 'not asked' },
  };
}

export function firstView(hook: HookFacts): View {
  const done: Done = {
    layer: null,
    service: null,
    files: null,
    forwarding: null,
    written: [],
    disturbed: false,
    statuses: 0,
    refused: null,
  };
  return { ...hook, environment: null, secrets: {}, certificates: null, vault: {}, stored: hook.memory, done };
}

/** Between `stop` and `remove` nothing is to be started again. */
function isLeaving(hook: string): boolean {
  return hook === 'stop' || hook === 'remove' || hook.endsWith('-storage-detaching');
}
